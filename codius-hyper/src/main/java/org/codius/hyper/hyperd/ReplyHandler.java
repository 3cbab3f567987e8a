package org.codius.hyper.hyperd;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.jspecify.annotations.Nullable;

/** Completes a call with its reply, in time or not at all. Confined to the channel's event loop. */
final class ReplyHandler extends SimpleChannelInboundHandler<FullHttpResponse> {

  private final HyperdRequest request;
  private final CompletableFuture<HyperdReply> reply;

  ReplyHandler(HyperdRequest request, CompletableFuture<HyperdReply> reply) {
    this.request = request;
    this.reply = reply;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    var alarm =
        ctx.executor()
            .schedule(
                () -> fail(ctx, timeout(request)),
                request.timeout().toMillis(),
                TimeUnit.MILLISECONDS);
    ctx.channel().closeFuture().addListener(closed -> alarm.cancel(false));
    reply.whenComplete((value, failure) -> ctx.close()); // also if nobody wants it any more
    super.channelActive(ctx);
  }

  static PodDriverException timeout(HyperdRequest request) {
    return new PodDriverException(
        Reason.TIMEOUT,
        request.action() + ": no answer within " + request.timeout().toMillis() + " ms");
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail(ctx, broken(request, response.decoderResult().cause()));
      return;
    }
    reply.complete(HyperdReply.of(response));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (!reply.isDone()) {
      reply.completeExceptionally(
          HyperdConnection.unavailable(request, "hyperd closed the connection without an answer"));
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, broken(request, cause));
  }

  static PodDriverException broken(HyperdRequest request, @Nullable Throwable cause) {
    String message = request.action() + ": the answer cannot be read";
    return cause == null
        ? new PodDriverException(Reason.RUNTIME_UNAVAILABLE, message)
        : new PodDriverException(Reason.RUNTIME_UNAVAILABLE, message, cause);
  }

  private void fail(ChannelHandlerContext ctx, PodDriverException failure) {
    reply.completeExceptionally(failure);
    ctx.close();
  }
}
