package org.codius.payments.btp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.ECHO;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server does to those who do not behave, over sockets of this machine. */
class BtpServerTest {

  private static final String UPGRADE =
      """
      GET /any/path HTTP/1.1\r
      Host: localhost\r
      Connection: Upgrade\r
      Upgrade: websocket\r
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
      Sec-WebSocket-Version: 13\r
      \r
      """;

  private static EventLoopGroup group;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void dropsWhoSaysNothing() throws IOException {
    try (BtpServer server = listen(Duration.ofMillis(100), Duration.ofSeconds(20), 10);
        Socket silent = connect(server)) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void dropsWhoUpgradesAndDoesNotSayWhoItIs() throws IOException {
    try (BtpServer server = listen(Duration.ofSeconds(1), Duration.ofSeconds(20), 10);
        Socket nameless = connect(server)) {
      nameless.getOutputStream().write(UPGRADE.getBytes(US_ASCII));

      String answer = new String(nameless.getInputStream().readAllBytes(), US_ASCII);

      assertThat(answer).startsWith("HTTP/1.1 101 ");
    }
  }

  @Test
  void pingsASilentPeerThenHangsUp() throws IOException {
    try (BtpServer server = listen(Duration.ofSeconds(20), Duration.ofMillis(700), 10);
        Socket mute = connect(server)) {
      mute.getOutputStream().write(UPGRADE.getBytes(US_ASCII));

      byte[] answer = mute.getInputStream().readAllBytes();

      String text = new String(answer, US_ASCII);
      int head = text.indexOf("\r\n\r\n") + 4;
      assertThat(answer[head]).isEqualTo((byte) 0x89); // a ping, final
      assertThat(answer[head + 1]).isZero(); // of no bytes
    }
  }

  @Test
  void takesOnlySoManyConnections() throws IOException {
    try (BtpServer server = listen(Duration.ofSeconds(20), Duration.ofSeconds(20), 1);
        Socket first = connect(server)) {
      first.getOutputStream().write(UPGRADE.getBytes(US_ASCII));
      assertThat(first.getInputStream().read()).isEqualTo('H');

      try (Socket second = connect(server)) {
        InputStream in = second.getInputStream();
        assertThat(in.read()).isEqualTo(-1);
      }
    }
  }

  @Test
  void dropsWhoSendsAMessageThatIsTooLong() throws IOException {
    try (BtpServer server = listen(Duration.ofSeconds(20), Duration.ofSeconds(20), 10);
        Socket loud = connect(server)) {
      loud.getOutputStream().write(UPGRADE.getBytes(US_ASCII));
      assertThat(new String(loud.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 101");
      byte[] head = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0}; // 65537 bytes
      loud.getOutputStream().write(head);

      assertThat(loud.getInputStream().readAllBytes()).isNotEmpty(); // it ended; says why, too
    }
  }

  @Test
  void answersWhatIsNoWebSocket() throws IOException {
    try (BtpServer server = listen(Duration.ofSeconds(20), Duration.ofSeconds(20), 10);
        Socket browser = connect(server)) {
      browser
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));

      assertThat(new String(browser.getInputStream().readNBytes(12), US_ASCII))
          .isEqualTo("HTTP/1.1 400");
    }
  }

  @Test
  void keepsOutAnAddressThatFailedTooOftenForAMinute() {
    Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
    FailedLogins failures = new FailedLogins(2, () -> now[0]);
    InetSocketAddress stranger = stranger(1, 1);

    failures.add(stranger);
    assertThat(failures.isBlocked(stranger)).isFalse();
    failures.add(stranger(1, 2)); // another port is the same address
    assertThat(failures.isBlocked(stranger)).isTrue();
    assertThat(failures.isBlocked(stranger(2, 1))).isFalse();

    now[0] = now[0].plusSeconds(60);
    assertThat(failures.isBlocked(stranger)).isFalse();
  }

  @Test
  void keepsOutNobodyOnThisMachine() {
    FailedLogins failures = new FailedLogins(1, InstantSource.system());
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    failures.add(local);

    assertThat(failures.isBlocked(local)).isFalse();
  }

  private static BtpServer listen(
      Duration authentication, Duration heartbeat, int maximumConnections) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    BtpServerConfig defaults = BtpServerConfig.of(any, true);
    BtpServerConfig config =
        new BtpServerConfig(
            any,
            true,
            authentication,
            defaults.responseTimeout(),
            heartbeat,
            maximumConnections,
            defaults.maximumPending(),
            defaults.maximumFrame(),
            defaults.maximumFailures());
    return BtpServer.listen(
        config,
        (link, user, token) -> CompletableFuture.completedStage(Optional.of(ECHO)),
        group,
        InstantSource.system(),
        new Random(1));
  }

  /** Returns an address of the network that is for documentation, 192.0.2.0/24. */
  private static InetSocketAddress stranger(int last, int port) {
    byte[] address = {(byte) 192, 0, 2, (byte) last};
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Socket connect(BtpServer server) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(10_000);
    socket.connect(server.localAddress());
    return socket;
  }
}
