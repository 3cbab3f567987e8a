package org.codius.hyper.hyperd;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.Serial;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Completes questions with their replies, one after the other, each in time or not at all. Confined
 * to the channel's event loop.
 */
final class QuestionHandler extends SimpleChannelInboundHandler<FullHttpResponse> {

  /** The connection ended before the answer did. */
  static final class Unanswered extends RuntimeException {

    @Serial private static final long serialVersionUID = 1L;

    Unanswered() {
      super("closed", null, false, false);
    }
  }

  private final Runnable onLost;
  private @Nullable ChannelHandlerContext context;
  private @Nullable HyperdRequest request;
  private CompletableFuture<HyperdReply> reply = new CompletableFuture<>();
  private @Nullable Future<?> alarm;
  private boolean isClosing;

  /**
   * @param onLost called if the connection ends and this did not end it
   */
  QuestionHandler(Runnable onLost) {
    this.onLost = onLost;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  void begin(HyperdRequest newRequest, CompletableFuture<HyperdReply> newReply) {
    request = newRequest;
    reply = newReply;
    ChannelHandlerContext ctx = context;
    if (ctx == null || !ctx.channel().isActive()) {
      newReply.completeExceptionally(new Unanswered());
      return;
    }
    alarm =
        ctx.executor()
            .schedule(
                () -> end(ctx, ReplyHandler.timeout(newRequest)),
                newRequest.timeout().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    HyperdRequest asked = request;
    if (asked == null || response.decoderResult().isFailure()) {
      exceptionCaught(ctx, response.decoderResult().cause());
      return;
    }
    HyperdReply answer = HyperdReply.of(response);
    if (!HttpUtil.isKeepAlive(response)) {
      close(ctx);
    }
    idle();
    reply.complete(answer);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (!isClosing) {
      onLost.run();
    }
    if (request != null) {
      end(ctx, new Unanswered());
    }
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, @Nullable Throwable cause) {
    HyperdRequest asked = request;
    if (cause instanceof IOException || cause instanceof PrematureChannelClosureException) {
      ctx.close(); // by hyperd already: what this means is said when the channel is inactive
    } else if (asked == null) {
      close(ctx); // nobody asked
    } else {
      end(ctx, ReplyHandler.broken(asked, cause));
    }
  }

  private void end(ChannelHandlerContext ctx, RuntimeException failure) {
    close(ctx);
    idle();
    reply.completeExceptionally(failure);
  }

  private void close(ChannelHandlerContext ctx) {
    isClosing = true;
    ctx.close();
  }

  private void idle() {
    request = null;
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }
}
