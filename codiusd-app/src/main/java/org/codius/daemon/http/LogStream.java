package org.codius.daemon.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.codius.hyper.LogLine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a pod's lines as they come, {@code <container> <stdout or stderr> <text>} each.
 *
 * <p>Asks for the next lines when the last are written, so that a slow reader slows the source, and
 * on a worker, since what is kept of a pod lies on the disk. The original's {@code ping} lines are
 * left out: its own client stalls on them. Confined to the channel's event loop.
 */
final class LogStream extends ChannelInboundHandlerAdapter implements Flow.Subscriber<LogLine> {

  private static final Logger log = LoggerFactory.getLogger(LogStream.class);

  /** How many lines are asked for at a time. */
  private static final int LINES = 64;

  private final ChannelHandlerContext api;
  private final Executor workers;
  private final boolean isKept;
  private Flow.@Nullable Subscription subscription;

  /** How many of those that were asked for are not written yet. */
  private int awaited;

  private LogStream(ChannelHandlerContext api, Executor workers, boolean isKept) {
    this.api = api;
    this.workers = workers;
    this.isKept = isKept;
  }

  static void start(
      ChannelHandlerContext ctx,
      HttpRequest request,
      Flow.Publisher<LogLine> lines,
      Executor workers) {
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/vnd.codius.raw-stream");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    boolean isKept = HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(response, isKept);
    if (request.method().equals(HttpMethod.HEAD)) { // which has no lines
      ctx.write(response);
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
          .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      return;
    }
    ctx.writeAndFlush(response);
    LogStream stream = new LogStream(ctx, workers, isKept);
    ctx.pipeline().addAfter(ctx.name(), null, stream);
    lines.subscribe(stream);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    onEventLoop(
        () -> {
          subscription = newSubscription;
          if (api.channel().isActive()) {
            ask(newSubscription);
          } else {
            newSubscription.cancel();
          }
        });
  }

  private void ask(Flow.Subscription source) {
    awaited = LINES;
    try {
      workers.execute(() -> source.request(LINES));
    } catch (RejectedExecutionException e) {
      log.debug("logs broke off: too much else to do");
      api.close();
    }
  }

  @Override
  public void onNext(LogLine line) {
    String text =
        line.container()
            + " "
            + line.stream().name().toLowerCase(Locale.ROOT)
            + " "
            + line.text()
            + "\n";
    onEventLoop(
        () ->
            api.writeAndFlush(new DefaultHttpContent(ByteBufUtil.writeUtf8(api.alloc(), text)))
                .addListener(
                    written -> {
                      awaited--;
                      if (awaited == 0 && subscription != null) {
                        ask(subscription);
                      }
                    }));
  }

  @Override
  public void onError(Throwable failure) {
    log.debug("logs broke off reason={}", failure.toString());
    onEventLoop(api::close); // without the last chunk, so that the reader can tell
  }

  @Override
  public void onComplete() {
    onEventLoop(
        () -> {
          api.pipeline().remove(this);
          api.writeAndFlush(new DefaultLastHttpContent())
              .addListener(
                  isKept ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE);
        });
  }

  /** A reader that has left would otherwise go unnoticed until the pod writes again. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (subscription != null) {
      subscription.cancel();
    }
    ctx.fireChannelInactive();
  }

  private void onEventLoop(Runnable step) {
    api.executor().execute(step);
  }
}
