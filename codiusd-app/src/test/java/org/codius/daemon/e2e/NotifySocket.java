package org.codius.daemon.e2e;

import com.google.common.io.MoreFiles;
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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Systemd's end of its notification protocol. To be registered before the host. */
final class NotifySocket implements AfterAllCallback {

  private static final int TIMEOUT_SECONDS = 30;

  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final Path folder;

  NotifySocket() {
    try {
      folder = Files.createTempDirectory("codius-e2e-systemd-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        .bind(new DomainSocketAddress(path().toFile()))
        .syncUninterruptibly();
  }

  Path path() {
    return folder.resolve("notify");
  }

  /** Waits for something that is said, whatever comes before it, and returns it. */
  String hear(Predicate<String> what) throws InterruptedException {
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
  public void afterAll(ExtensionContext context) throws Exception {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    MoreFiles.deleteRecursively(folder);
  }
}
