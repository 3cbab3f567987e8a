package org.codius.daemon.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Lets web pages read the API's answers, wherever the pages come from: there are no cookies here
 * that they could borrow.
 *
 * <p>Inbound and outbound: HTTP objects, one request at a time; answers to pages get the headers of
 * the Fetch standard, §3.3, and those to preflights ({@code 204}, see {@link Router}) all of them.
 * Confined to the channel's event loop.
 */
final class CorsHandler extends ChannelDuplexHandler {

  private static final String METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";
  private static final String READABLE = "Pay, Pay-Token, Retry-After";
  private static final String SENDABLE = "Accept, Authorization, Content-Type, Pay-Token";
  private static final int MAX_AGE_SECONDS = 86_400;

  private boolean isFromPage;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      isFromPage = request.headers().contains(HttpHeaderNames.ORIGIN);
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (isFromPage && message instanceof HttpResponse response) {
      HttpHeaders headers = response.headers();
      headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
      headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, READABLE);
      if (response.status().equals(HttpResponseStatus.NO_CONTENT)) {
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, SENDABLE);
        headers.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
      }
    }
    ctx.write(message, promise);
  }
}
