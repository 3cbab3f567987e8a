package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Asset;
import org.codius.payments.Eventually;
import org.codius.payments.PacketHandler;
import org.codius.payments.Packets;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connector and our own BTP client, over sockets of this machine. */
class ConnectorTest {

  /** The most that a local account can pay at a time. */
  private static final long GRANT = 10_000_000_000_000L;

  private static EventLoopGroup group;
  private Connector connector;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void start() {
    connector = start(0);
  }

  @AfterEach
  void close() {
    connector.close();
  }

  @Test
  void namesAChildByTheHashOfItsToken() throws NoSuchAlgorithmException {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest("secret".getBytes(UTF_8));

    try (Uplink child = connect("secret")) {
      assertThat(child.address().getValue())
          .isEqualTo(
              "private.moneyd.local."
                  + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
      assertThat(child.asset()).isEqualTo(new Asset("XRP", 9));
      assertThat(child.isConnected()).isTrue();
    }
  }

  @Test
  void carriesPacketsBothWaysBetweenHostAndChild() {
    try (Uplink child = connect("a")) {
      child.onPrepare(ECHO);
      connector.host().onPrepare(ECHO);
      InterledgerAddress hostBelow = connector.host().address().with("some.connection");

      assertThat(outcome(child.handle(prepare(hostBelow, 7, (byte) 'x')))).isEqualTo("fulfilled x");
      assertThat(outcome(connector.host().handle(prepare(child.address(), 0, (byte) 'y'))))
          .isEqualTo("fulfilled y");
    }
  }

  @Test
  void carriesPacketsBetweenChildrenAndTheLargestOnes() {
    try (Uplink a = connect("a");
        Uplink b = connect("b")) {
      b.onPrepare(ECHO);
      byte[] data = new byte[32_767];

      var answer = await(a.handle(prepare(b.address().with("x"), GRANT, data)));

      assertThat(answer.getData()).hasSize(32_767);
    }
  }

  @Test
  void answersT00UntilSomebodyListens() {
    try (Uplink child = connect("a")) {
      assertThat(outcome(child.handle(prepare(connector.host().address(), 1)))).isEqualTo("T00");
      assertThat(outcome(connector.host().handle(prepare(child.address(), 1)))).isEqualTo("T00");
    }
  }

  @Test
  void answersT01ForAChildThatLeftAndF02ForOneThatNeverWas() {
    Uplink child = connect("a");
    InterledgerAddress address = child.address();
    child.close();
    Eventually.isTrue("the child has left", () -> !child.isConnected());
    InterledgerAddress stranger = InterledgerAddress.of("private.moneyd.local.nobody");

    Eventually.isTrue(
        "T01", () -> outcome(connector.host().handle(prepare(address, 1))).equals("T01"));
    assertThat(outcome(connector.host().handle(prepare(stranger, 1)))).isEqualTo("F02");
  }

  @Test
  void handsAPacketToTheConnectionThatCameLast() {
    try (Uplink first = connect("a")) {
      first.onPrepare(answering("first"));
      try (Uplink second = connect("a")) {
        second.onPrepare(answering("second"));

        assertThat(outcome(connector.host().handle(prepare(first.address(), 1))))
            .isEqualTo("fulfilled second");
      }

      Eventually.isTrue(
          "the first one gets them again",
          () ->
              outcome(connector.host().handle(prepare(first.address(), 1)))
                  .equals("fulfilled first"));
    }
  }

  @Test
  void aChildComesBackUnderItsAddressAfterARestart() {
    int port = connector.localAddress().getPort();
    try (Uplink child = connect("a")) {
      InterledgerAddress address = child.address();
      connector.close();
      Eventually.isTrue("the link is down", () -> !child.isConnected());
      assertThat(outcome(child.handle(prepare(InterledgerAddress.of("test.a"), 1))))
          .isEqualTo("T01");

      connector = start(port);
      connector.host().onPrepare(ECHO);

      Eventually.isTrue("it is back", child::isConnected);
      assertThat(child.address()).isEqualTo(address);
      assertThat(outcome(child.handle(prepare(connector.host().address(), 1))))
          .isEqualTo("fulfilled ");
    }
  }

  @Test
  void packetsUnderWayGetT01WhenTheLinkBreaks() {
    CompletableFuture<Void> arrived = new CompletableFuture<>();
    connector
        .host()
        .onPrepare(
            prepare -> {
              arrived.complete(null);
              return new CompletableFuture<>();
            });
    try (Uplink child = connect("a")) {
      CompletionStage<InterledgerResponsePacket> answer =
          child.handle(prepare(connector.host().address(), 1));
      await(arrived);

      connector.close();

      assertThat(outcome(answer)).isEqualTo("T01");
    }
  }

  @Test
  void answersT99WhileItClosesThenHangsUp() {
    connector.close();
    ConnectorConfig config = ConnectorConfig.playMoney(local(0), "test");
    connector =
        Connector.start(
            new ConnectorConfig(
                config.listeners(),
                config.address(),
                config.host(),
                config.children(),
                config.grant(),
                config.minimumMessageWindow(),
                config.maximumHold(),
                config.maximumAccounts(),
                config.maximumConnections(),
                Duration.ofMillis(1_500)),
            AccountBooks.inMemory(),
            group);
    try (Uplink child = connect("a")) {
      Thread closing = new Thread(connector::close);
      closing.start();

      Eventually.isTrue(
          "T99", () -> outcome(child.handle(prepare(connector.host().address(), 1))).equals("T99"));
      Eventually.isTrue("the link is down", () -> !child.isConnected());
      assertThat(outcome(connector.host().handle(prepare(child.address(), 1)))).isEqualTo("T99");
      assertThat(connector.host().isConnected()).isFalse();
    }
  }

  @Test
  void namesThePortThatIsTaken() {
    int port = connector.localAddress().getPort();

    assertThatThrownBy(() -> start(port))
        .isInstanceOf(PaymentException.class)
        .hasMessageMatching("listen on 127\\.0\\.0\\.1:" + port + ": .*in use.*");
  }

  @Test
  void refusesAnEmptyTokenAndAUserItDoesNotKnow() {
    assertThatThrownBy(() -> await(dial("", "")))
        .hasRootCauseInstanceOf(PaymentException.class)
        .hasMessageContaining("NotAcceptedError");
    assertThatThrownBy(() -> await(dial("alice", "secret")))
        .hasRootCauseInstanceOf(PaymentException.class)
        .hasMessageContaining("NotAcceptedError");
  }

  @Test
  void saysWhereItCouldNotConnect() {
    connector.close();

    assertThatThrownBy(() -> await(dial("", "secret")))
        .hasRootCauseMessage("Connection refused")
        .hasMessageContaining(
            "connect to btp+ws://127.0.0.1:" + connector.localAddress().getPort() + "/: ");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, , 101",
    "localhost:7768, , 101",
    "LOCALHOST, , 101",
    "[::1]:7768, , 101",
    "127.0.0.1, https://evil.example, 403",
    "127.0.0.1, http://127.0.0.1, 403",
    "127.0.0.1, null, 403",
    "evil.example, , 403",
    "127.0.0.1.evil.example, , 403",
    "localhost.evil.example:7768, , 403",
    "evil.example:127, , 403",
    ", , 403"
  })
  void letsInNoWebPageAndNobodyWhoCallsUsByAnotherName(String host, String origin, int status)
      throws IOException {
    String request =
        "GET / HTTP/1.1\r\n"
            + (host == null ? "" : "Host: " + host + "\r\n")
            + (origin == null ? "" : "Origin: " + origin + "\r\n")
            + "Connection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    try (Socket socket = new Socket()) {
      socket.setSoTimeout(10_000);
      socket.connect(connector.localAddress());
      socket.getOutputStream().write(request.getBytes(US_ASCII));

      String answer = new String(socket.getInputStream().readNBytes(12), US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 " + status);
    }
  }

  private static Connector start(int port) {
    return Connector.start(
        ConnectorConfig.playMoney(local(port), "test"), AccountBooks.inMemory(), group);
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private Uplink connect(String token) {
    return await(dial("", token));
  }

  private CompletionStage<Uplink> dial(String user, String token) {
    int port = connector.localAddress().getPort();
    URI uri = URI.create("btp+ws://" + user + ":" + token + "@127.0.0.1:" + port);
    return BtpUplink.connect(BtpUplinkConfig.of(uri), group);
  }

  private static PacketHandler answering(String text) {
    return prepare -> CompletableFuture.completedStage(Packets.fulfill(text.getBytes(UTF_8)));
  }
}
