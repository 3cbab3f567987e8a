package org.codius.hyper.hyperd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.ExecResult;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * Reads what a program writes that runs in a container, to its end.
 *
 * <p>hyperd answers with status 101, whatever it was asked, and speaks in frames from then on. Our
 * side is closed at once, which is the end of the program's input. Confined to the channel's event
 * loop.
 */
final class ExecStream extends ChannelInboundHandlerAdapter {

  /** What a program wrote; one whose id hyperd does not know wrote nothing. */
  record Output(String stdout, String stderr) {}

  private static final int SWITCHING_PROTOCOLS = 101;

  private final HyperdRequest request;
  private final CompletableFuture<Output> output;
  private final ByteBuf stdout = Unpooled.buffer();
  private final ByteBuf stderr = Unpooled.buffer();
  private final FrameDecoder frames =
      new FrameDecoder(
          ExecResult.MAX_OUTPUT_BYTES,
          (isStdout, payload) -> keep(isStdout ? stdout : stderr, payload));

  ExecStream(HyperdRequest request, CompletableFuture<Output> output) {
    this.request = request;
    this.output = output;
  }

  private static void keep(ByteBuf kept, ByteBuf payload) {
    int room = ExecResult.MAX_OUTPUT_BYTES - kept.readableBytes();
    kept.writeBytes(payload, Math.min(room, payload.readableBytes()));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    var alarm =
        ctx.executor()
            .schedule(
                () -> fail(ctx, ReplyHandler.timeout(request)),
                request.timeout().toMillis(),
                TimeUnit.MILLISECONDS);
    ctx.channel().closeFuture().addListener(closed -> alarm.cancel(false));
    output.whenComplete((done, failure) -> ctx.close()); // also if nobody wants it any more
    super.channelActive(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpResponse response) {
        onHead(ctx, response.status().code());
      } else if (message instanceof ByteBuf bytes) {
        frames.decode(bytes);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onHead(ChannelHandlerContext ctx, int status) {
    if (status != SWITCHING_PROTOCOLS) {
      fail(ctx, HyperdConnection.unavailable(request, "hyperd answered " + status));
    } else {
      ((DuplexChannel) ctx.channel()).shutdownOutput();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    output.complete(
        new Output(
            stdout.toString(StandardCharsets.UTF_8), stderr.toString(StandardCharsets.UTF_8)));
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(
        ctx,
        new PodDriverException(
            Reason.RUNTIME_UNAVAILABLE,
            request.action() + ": the stream broke: " + cause.getMessage(),
            cause));
  }

  private void fail(ChannelHandlerContext ctx, PodDriverException failure) {
    output.completeExceptionally(failure);
    ctx.close();
  }
}
