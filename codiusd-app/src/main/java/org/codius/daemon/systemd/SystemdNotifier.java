package org.codius.daemon.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's end of systemd's notification protocol: datagrams of {@code KEY=value} lines to the
 * socket that {@code NOTIFY_SOCKET} names (sd_notify(3)).
 *
 * <p>Without that variable nobody wants to know, and nothing is sent. Safe for use by several
 * threads.
 */
public final class SystemdNotifier implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);

  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

  private final Optional<Duration> watchdog;
  private final @Nullable EventLoopGroup loop;
  private final @Nullable Channel channel;

  private SystemdNotifier(
      Optional<Duration> watchdog, @Nullable EventLoopGroup loop, @Nullable Channel channel) {
    this.watchdog = watchdog;
    this.loop = loop;
    this.channel = channel;
  }

  /**
   * Opens the socket systemd has for us, if we are its service.
   *
   * @param environment of this process
   * @throws IOException if it cannot be opened; systemd would wait for us in vain
   */
  public static SystemdNotifier open(Map<String, String> environment) throws IOException {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (socket.isEmpty()) {
      return new SystemdNotifier(Optional.empty(), null, null);
    }
    if (!Epoll.isAvailable()) {
      throw new IOException(
          "NOTIFY_SOCKET: no native transport on this machine", Epoll.unavailabilityCause());
    }
    EventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("systemd", true), EpollIoHandler.newFactory());
    // A first @ stands for the zero byte of a name that is not in the file system.
    String path = socket.startsWith("@") ? "\0" + socket.substring(1) : socket;
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(new ChannelInboundHandlerAdapter())
            .connect(new DomainSocketAddress(path))
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException("NOTIFY_SOCKET " + socket, connected.cause());
    }
    return new SystemdNotifier(watchdog(environment), loop, connected.channel());
  }

  /** The time systemd gives us between two signs of life, if it watches this very process. */
  private static Optional<Duration> watchdog(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String microseconds = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean isOurs = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    if (!isOurs || !microseconds.matches("[1-9][0-9]{0,17}")) {
      return Optional.empty();
    }
    return Optional.of(Duration.of(Long.parseLong(microseconds), ChronoUnit.MICROS));
  }

  /** Returns how long systemd waits for {@link #alive} before it starts us again, if it does. */
  public Optional<Duration> watchdog() {
    return watchdog;
  }

  /**
   * Says that the service does what it is for.
   *
   * @param status a line for people, as {@code systemctl status} shows it
   */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + status.replace('\n', ' '));
  }

  /** Says that it goes down as asked. */
  public void stopping() {
    send("STOPPING=1");
  }

  /** Says that it is not stuck. */
  public void alive() {
    send("WATCHDOG=1");
  }

  private void send(String message) {
    if (channel == null) {
      return;
    }
    Future<Void> sent =
        channel.writeAndFlush(Unpooled.copiedBuffer(message, StandardCharsets.UTF_8));
    if (!sent.awaitUninterruptibly(SEND_TIMEOUT.toMillis()) || !sent.isSuccess()) {
      log.warn("tell systemd failed message={} reason={}", message, String.valueOf(sent.cause()));
    }
  }

  @Override
  public void close() {
    if (loop != null) {
      loop.shutdownGracefully(0, SEND_TIMEOUT.toSeconds(), TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
