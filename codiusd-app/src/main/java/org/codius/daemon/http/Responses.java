package org.codius.daemon.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

/** Writes whole answers. */
public final class Responses {

  private Responses() {}

  /** Answers {@code request}; to be called on the event loop. */
  public static void send(
      ChannelHandlerContext ctx, HttpRequest request, ApiResponse.Whole answer) {
    // The front door closes what is not kept, once the client has had time to read the answer.
    ctx.writeAndFlush(of(ctx.alloc(), request, answer))
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Returns {@code answer} to {@code request} as it goes out. */
  static FullHttpResponse of(
      ByteBufAllocator buffers, HttpRequest request, ApiResponse.Whole answer) {
    ByteBuf body = ByteBufUtil.writeUtf8(buffers, answer.body());
    int length = body.readableBytes();
    if (request.method().equals(HttpMethod.HEAD)) {
      body.clear();
    }
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), body);
    if (!answer.contentType().isEmpty()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
    }
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
    answer.headers().forEach(response.headers()::set);
    HttpUtil.setKeepAlive(response, HttpUtil.isKeepAlive(request));
    return response;
  }
}
