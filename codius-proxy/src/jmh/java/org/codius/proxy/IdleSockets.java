package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Opens WebSockets, from many addresses as many people would, and then leaves them alone. */
final class IdleSockets {

  /** One address has no more connections than {@link Limits} allows it. */
  private static final int PER_ADDRESS = 500;

  private IdleSockets() {}

  /**
   * Prints {@code open} when all stand; ends with its input.
   *
   * @param args port, Host, path, how many
   */
  public static void main(String[] args) throws InterruptedException, IOException {
    int count = Integer.parseInt(args[3]);
    String hello =
        String.format(
            "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            args[2], args[1]);
    CountDownLatch missing = new CountDownLatch(count);
    EventLoopGroup loops = Transport.usual().newLoops(1);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(Transport.of(loops).socket())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Hello(hello, missing));
                  }
                });
    for (int i = 0; i < count; i++) {
      bootstrap
          .connect(
              new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])),
              new InetSocketAddress("127.0.1." + (1 + i / PER_ADDRESS), 0))
          .sync();
    }
    if (!missing.await(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException(missing.getCount() + " WebSockets did not open");
    }
    System.out.println("open");
    while (System.in.read() >= 0) {
      // what comes does not matter, only that it ends
    }
    System.exit(0);
  }

  private static final class Hello extends SimpleChannelInboundHandler<ByteBuf> {

    private final String hello;
    private final CountDownLatch missing;

    Hello(String hello, CountDownLatch missing) {
      this.hello = hello;
      this.missing = missing;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.writeAndFlush(Unpooled.copiedBuffer(hello, US_ASCII));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
      if (in.toString(US_ASCII).startsWith("HTTP/1.1 101")) {
        missing.countDown();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      System.err.println("a WebSocket was closed");
    }
  }
}
