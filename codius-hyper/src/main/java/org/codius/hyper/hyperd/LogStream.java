package org.codius.hyper.hyperd;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Reads one container's log, one read at a time, each when the lines of the one before are taken.
 *
 * <p>hyperd never ends a log that is followed if its container ended before. So silence is answered
 * by a look at the container: if it does not run, and says nothing for another while, that was all.
 * Confined to the channel's event loop, which is that of its subscription.
 */
final class LogStream extends SimpleChannelInboundHandler<HttpObject> {

  private final HyperdRequest request;
  private final LogFrameDecoder decoder;
  private final LogSubscription subscription;
  private final String hyperdName;
  private final boolean isFollowed;
  private final long silenceMillis;
  private final Deque<LogLine> lines = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> alarm;
  private boolean hasRead;
  private boolean hasStopped;
  private boolean hasEnded;
  private int status = 200;

  LogStream(
      HyperdRequest request,
      LogSubscription subscription,
      String hyperdName,
      String container,
      int maxLineBytes,
      boolean isFollowed,
      long silenceMillis) {
    this.request = request;
    this.decoder = new LogFrameDecoder(container, maxLineBytes, lines::add);
    this.subscription = subscription;
    this.hyperdName = hyperdName;
    this.isFollowed = isFollowed;
    this.silenceMillis = silenceMillis;
  }

  /** Returns the next line, or null if more must be read first. */
  @Nullable LogLine poll() {
    LogLine line = lines.poll();
    if (lines.isEmpty() && line != null && context != null) {
      context.read();
    }
    return line;
  }

  boolean isAtEnd() {
    return hasEnded && lines.isEmpty();
  }

  void close() {
    hasEnded = true;
    if (context != null) {
      context.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ctx.channel().config().setAutoRead(false);
    if (hasEnded) {
      ctx.close();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    ctx.read();
    listenForSilence(ctx);
    super.channelActive(ctx);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    hasRead = true;
    if (message.decoderResult().isFailure()) {
      fail(Reason.RUNTIME_UNAVAILABLE, "the answer cannot be read");
      return;
    }
    if (message instanceof HttpResponse response) {
      status = response.status().code();
    }
    if (message instanceof HttpContent content && !hasEnded) {
      if (status != 200) {
        fail(
            Reason.RUNTIME_UNAVAILABLE,
            "hyperd answered "
                + status
                + ": "
                + content.content().toString(StandardCharsets.UTF_8));
        return;
      }
      decoder.decode(content.content());
    }
    if (message instanceof LastHttpContent) {
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    subscription.drain();
    if (lines.isEmpty() && !hasEnded) {
      ctx.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (alarm != null) {
      alarm.cancel(false);
    }
    if (hasEnded) {
      subscription.drain();
    } else {
      hasEnded = true;
      subscription.onBroken(
          HyperdConnection.unavailable(request, "hyperd closed the connection before the end"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedFrameException text) {
      hasEnded = true;
      ctx.close();
      subscription.onBroken(
          HyperdConnection.unavailable(request, "hyperd says: " + text.getMessage()));
    } else {
      fail(Reason.RUNTIME_UNAVAILABLE, "the connection broke: " + cause.getMessage());
    }
  }

  private void listenForSilence(ChannelHandlerContext ctx) {
    hasRead = false;
    alarm = ctx.executor().schedule(() -> onInterval(ctx), silenceMillis, TimeUnit.MILLISECONDS);
  }

  private void onInterval(ChannelHandlerContext ctx) {
    if (hasEnded) {
      return;
    }
    boolean isSilent = !hasRead && lines.isEmpty();
    if (isSilent && !isFollowed) {
      fail(Reason.TIMEOUT, "nothing came within " + silenceMillis + " ms");
    } else if (isSilent && hasStopped) {
      close();
      subscription.drain();
    } else if (isSilent) {
      subscription
          .isContainerRunning(hyperdName)
          .whenComplete(
              (isRunning, failure) -> {
                hasStopped = Boolean.FALSE.equals(isRunning);
                if (!hasEnded) {
                  listenForSilence(ctx);
                }
              });
    } else {
      listenForSilence(ctx);
    }
  }

  private void fail(Reason reason, String why) {
    close();
    subscription.fail(new PodDriverException(reason, request.action() + ": " + why));
  }
}
