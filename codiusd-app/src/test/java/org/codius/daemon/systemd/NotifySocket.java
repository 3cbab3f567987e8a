package org.codius.daemon.systemd;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Systemd's end of its notification protocol. To be registered before the host. */
public final class NotifySocket implements AfterAllCallback, AutoCloseable {

  private static final int TIMEOUT_SECONDS = 30;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final String name;

  private NotifySocket(String name, String address) {
    this.name = name;
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
        .bind(new DomainSocketAddress(address))
        .syncUninterruptibly();
  }

  /** Opens one at {@code path}. */
  static NotifySocket at(String path) {
    return new NotifySocket(path, path);
  }

  /** Opens one that is in no file system. */
  public static NotifySocket unnamed() {
    String name = "codius-test-" + ProcessHandle.current().pid();
    return new NotifySocket("@" + name, "\0" + name);
  }

  /** Returns its name, as systemd writes it into {@code NOTIFY_SOCKET}. */
  public String name() {
    return name;
  }

  /** Waits for what is said next, and returns it. */
  String hear() throws InterruptedException {
    return hear(said -> true);
  }

  /** Waits for something that is said, whatever comes before it, and returns it. */
  public String hear(Predicate<String> what) throws InterruptedException {
    while (true) {
      String said = heard.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (said == null) {
        throw new AssertionError("nothing of the kind was said within " + TIMEOUT_SECONDS + " s");
      }
      if (what.test(said)) {
        return said;
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
