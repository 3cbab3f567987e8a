package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Puts requests that are for no pod to the API, as Netty's HTTP objects, and sees to the framing of
 * its answers.
 *
 * <p>Inbound: {@link RequestHead}, {@link ByteBuf}s of body, {@link RequestEnd}. Onward: {@link
 * HttpRequest}, contents, {@link LastHttpContent}; trailers are dropped. Outbound: the same kind,
 * then a {@link ResponseEnd}. Confined to the channel's event loop.
 */
final class ApiHandler extends ChannelDuplexHandler {

  private final ApiEncoder encoder;
  private final Limits limits;
  private @Nullable Body body;
  private @Nullable RequestHead request;
  private boolean isRequestComplete;
  private boolean isKept;
  private boolean isDraining;

  ApiHandler(ApiEncoder encoder, Limits limits) {
    this.encoder = encoder;
    this.limits = limits;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof RequestHead head) {
      request = head;
      body =
          head.length() == Body.CHUNKED
              ? Body.of(Body.CHUNKED, Body.Form.DATA, Syntax.REQUEST, limits)
              : null;
      isRequestComplete = !head.hasBody();
      encoder.answerTo(head);
      ctx.fireChannelRead(toHttpRequest(head));
      if (isRequestComplete) {
        ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    } else if (msg instanceof ByteBuf piece) {
      if (request != null && body != null) {
        unwrap(ctx, piece, body);
      } else if (request != null) {
        ctx.fireChannelRead(new DefaultHttpContent(piece));
      } else {
        piece.release();
      }
    } else if (msg == RequestEnd.COMPLETE) {
      isRequestComplete = true;
      if (request != null) {
        ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
      }
    } else if (msg == RequestEnd.BROKEN) {
      request = null; // the connection is being closed, by which the API learns of it
    } else {
      ctx.fireChannelRead(msg);
    }
  }

  /** Takes whole lines of a chunked body and what is between them, all found good before. */
  private static void unwrap(ChannelHandlerContext ctx, ByteBuf piece, Body body) {
    try {
      for (ByteBuf data = body.read(piece); data != null; data = body.read(piece)) {
        ctx.fireChannelRead(new DefaultHttpContent(data));
      }
    } catch (RefusedException e) {
      throw new IllegalStateException(e);
    } finally {
      piece.release();
    }
  }

  private static HttpRequest toHttpRequest(RequestHead head) {
    HttpRequest request =
        new DefaultHttpRequest(
            head.protocol() == Protocol.HTTP_1_0 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(head.method()),
            head.target());
    HeaderFields fields = head.fields();
    for (int i = 0; i < fields.count(); i++) {
      request.headers().add(fields.name(i), fields.value(i));
    }
    return request;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    isDraining |= event == ProxyInitializer.DRAIN;
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    RequestHead answered = request;
    if (answered == null) {
      ReferenceCountUtil.release(msg);
      promise.tryFailure(new IllegalStateException("no request waits for an answer"));
      return;
    }
    if (msg instanceof HttpResponse response) {
      if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
        ctx.write(msg, promise);
        return;
      }
      frame(answered, response);
    }
    boolean isEnd = msg instanceof LastHttpContent;
    if (isEnd) {
      request = null;
    }
    ctx.write(msg, promise);
    if (isEnd) {
      ctx.write(isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    }
  }

  /** Makes it clear to the client where the answer ends and whether another may follow. */
  private void frame(RequestHead answered, HttpResponse response) {
    HttpHeaders headers = response.headers();
    if (!headers.contains(HttpHeaderNames.DATE)) {
      headers.set(HttpHeaderNames.DATE, DateField.now().value());
    }
    boolean hasContent =
        !response.status().equals(HttpResponseStatus.NO_CONTENT)
            && !response.status().equals(HttpResponseStatus.NOT_MODIFIED);
    if (hasContent && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      if (response instanceof FullHttpResponse full && !HttpUtil.isTransferEncodingChunked(full)) {
        headers.setInt(HttpHeaderNames.CONTENT_LENGTH, full.content().readableBytes());
      } else {
        HttpUtil.setTransferEncodingChunked(response, answered.protocol().hasChunks());
      }
    }
    boolean isFramed =
        !hasContent
            || answered.protocol() != Protocol.HTTP_1_0
            || HttpUtil.isContentLengthSet(response);
    isKept =
        isFramed
            && isRequestComplete
            && !isDraining
            && answered.keepsAlive()
            && !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    if (!isKept) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (answered.protocol() == Protocol.HTTP_1_0) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }
}
