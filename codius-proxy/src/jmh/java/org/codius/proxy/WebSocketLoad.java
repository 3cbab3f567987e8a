package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Sends WebSocket messages and counts their echoes, one at a time on each connection.
 *
 * <p>It frames once and counts bytes: what is measured is to be the proxy, not the client.
 */
final class WebSocketLoad {

  private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

  /** Echo times, in microseconds, of the last second at most; enough for a percentile. */
  private static final int MAX_SAMPLES = 1 << 20;

  private final int size;
  private final long[] samples = new long[MAX_SAMPLES];
  private int echoes;
  private boolean isCounting;

  private WebSocketLoad(int size) {
    this.size = size;
  }

  /**
   * Prints {@code echoes=… seconds=… p50_us=… p99_us=…}.
   *
   * @param args port, Host, path, connections, bytes of a message, seconds of warm-up, seconds
   */
  public static void main(String[] args) throws Exception {
    WebSocketLoad load = new WebSocketLoad(Integer.parseInt(args[4]));
    EventLoopGroup loops =
        Transport.usual().newLoops(1);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(Transport.of(loops).socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(load.new Connection(args[1], args[2]));
                  }
                });
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      bootstrap.connect("127.0.0.1", Integer.parseInt(args[0])).sync();
    }
    TimeUnit.SECONDS.sleep(Integer.parseInt(args[5]));
    loops.submit(() -> load.isCounting = true).sync();
    long from = System.nanoTime();
    TimeUnit.SECONDS.sleep(Integer.parseInt(args[6]));
    loops.submit(() -> load.isCounting = false).sync();
    double seconds = (System.nanoTime() - from) / 1e9;
    loops.submit(() -> load.report(seconds)).sync();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  private void report(double seconds) {
    long[] sorted = Arrays.copyOf(samples, Math.min(echoes, MAX_SAMPLES));
    Arrays.sort(sorted);
    if (sorted.length == 0) {
      throw new IllegalStateException("no echo came");
    }
    System.out.printf(
        "echoes=%d seconds=%.3f p50_us=%d p99_us=%d%n",
        echoes, seconds, sorted[sorted.length / 2], sorted[(int) (sorted.length * 0.99)]);
  }

  /** One connection: says hello, then sends a message and waits for its echo, again and again. */
  private final class Connection extends SimpleChannelInboundHandler<ByteBuf> {

    private final String host;
    private final String path;
    private final ByteBuf frame = frame();
    private final int echoLength = size + (size < 126 ? 2 : size < 65_536 ? 4 : 10);
    private final StringBuilder head = new StringBuilder();
    private boolean isOpen;
    private int received;
    private long sentAt;

    Connection(String host, String path) {
      this.host = host;
      this.path = path;
    }

    private ByteBuf frame() {
      ByteBuf out = Unpooled.buffer().writeByte(0x82);
      if (size < 126) {
        out.writeByte(0x80 | size);
      } else if (size < 65_536) {
        out.writeByte(0x80 | 126).writeShort(size);
      } else {
        out.writeByte(0x80 | 127).writeLong(size);
      }
      out.writeBytes(MASK);
      for (int i = 0; i < size; i++) {
        out.writeByte('x' ^ MASK[i % 4]);
      }
      return Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(out));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      String hello =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      ctx.writeAndFlush(Unpooled.copiedBuffer(hello, US_ASCII));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf in) {
      if (!isOpen) {
        head.append(in.toString(US_ASCII));
        if (!head.toString().endsWith("\r\n\r\n")) {
          return;
        }
        if (!head.toString().startsWith("HTTP/1.1 101")) {
          throw new IllegalStateException("no WebSocket: " + head);
        }
        isOpen = true;
        send(ctx);
        return;
      }
      received += in.readableBytes();
      if (received >= echoLength) {
        received -= echoLength;
        if (isCounting) {
          samples[echoes % MAX_SAMPLES] = (System.nanoTime() - sentAt) / 1000;
          echoes++;
        }
        send(ctx);
      }
    }

    private void send(ChannelHandlerContext ctx) {
      sentAt = System.nanoTime();
      ctx.writeAndFlush(frame.duplicate());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      cause.printStackTrace();
      System.exit(1);
    }
  }
}
