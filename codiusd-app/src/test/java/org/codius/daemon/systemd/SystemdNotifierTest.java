package org.codius.daemon.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a socket as systemd has it. */
class SystemdNotifierTest {

  @TempDir private Path folder;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private EventLoopGroup loop;

  @BeforeEach
  void start() {
    loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  }

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void tellsWhenItIsReadyAndWhenItStops() throws Exception {
    String socket = listen(folder.resolve("notify").toString());

    try (SystemdNotifier systemd = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket))) {
      systemd.ready("https://codius.example.com, 3 pods");
      systemd.stopping();
    }

    assertThat(hear()).isEqualTo("READY=1\nSTATUS=https://codius.example.com, 3 pods");
    assertThat(hear()).isEqualTo("STOPPING=1");
  }

  @Test
  void findsASocketThatIsNotInTheFileSystem() throws Exception {
    String name = "codius-test-" + ProcessHandle.current().pid();
    listen("\0" + name);

    try (SystemdNotifier systemd = SystemdNotifier.open(Map.of("NOTIFY_SOCKET", "@" + name))) {
      systemd.alive();
    }

    assertThat(hear()).isEqualTo("WATCHDOG=1");
  }

  @Test
  @SuppressWarnings("try") // the watchdog only has to be closed
  void givesSignsOfLifeAsLongAsTheServiceIsResponsive() throws Exception {
    String socket = listen(folder.resolve("notify").toString());
    AtomicBoolean isResponsive = new AtomicBoolean(true);

    try (SystemdNotifier systemd =
            SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_USEC", "30000"));
        Watchdog watchdog = Watchdog.start(systemd, within -> isResponsive.getAndSet(false))) {
      assertThat(hear()).isEqualTo("WATCHDOG=1");
      isResponsive.set(true); // what came in between came silently
      assertThat(hear()).isEqualTo("WATCHDOG=1");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 30000000", "'', 0", "'', x", "'', ''"})
  void isNotWatchedUnlessSystemdWatchesThisProcess(String pid, String microseconds)
      throws Exception {
    String socket = listen(folder.resolve("notify").toString());

    try (SystemdNotifier systemd =
        SystemdNotifier.open(
            Map.of("NOTIFY_SOCKET", socket, "WATCHDOG_PID", pid, "WATCHDOG_USEC", microseconds))) {
      assertThat(systemd.watchdog()).isEmpty();
    }
  }

  @Test
  void isWatchedForTheTimeSystemdSays() throws Exception {
    String socket = listen(folder.resolve("notify").toString());

    try (SystemdNotifier systemd =
        SystemdNotifier.open(
            Map.of(
                "NOTIFY_SOCKET",
                socket,
                "WATCHDOG_PID",
                Long.toString(ProcessHandle.current().pid()),
                "WATCHDOG_USEC",
                "30000000"))) {
      assertThat(systemd.watchdog()).contains(Duration.ofSeconds(30));
    }
  }

  @Test
  void saysNothingIfNobodyWantsToKnow() throws Exception {
    try (SystemdNotifier systemd = SystemdNotifier.open(Map.of())) {
      systemd.ready("up");
    }

    assertThat(heard).isEmpty();
  }

  @Test
  void failsIfSystemdIsNotThere() {
    String socket = folder.resolve("none").toString();

    assertThatThrownBy(() -> SystemdNotifier.open(Map.of("NOTIFY_SOCKET", socket)))
        .isInstanceOf(IOException.class)
        .hasMessage("NOTIFY_SOCKET " + socket);
  }

  private String listen(String path) throws InterruptedException {
    new Bootstrap()
        .group(loop)
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, DomainDatagramPacket packet) {
                heard.add(packet.content().toString(StandardCharsets.UTF_8));
              }
            })
        .bind(new DomainSocketAddress(path))
        .sync();
    return path;
  }

  private String hear() throws InterruptedException {
    return heard.poll(10, TimeUnit.SECONDS);
  }
}
