package org.codius.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** An API that says what it was asked: {@code api METHOD target body}. */
final class TestApi extends SimpleChannelInboundHandler<FullHttpRequest> {

  static void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(new HttpObjectAggregator(1 << 20), new TestApi());
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    String text =
        "api " + request.method() + " " + request.uri() + " " + request.content().toString(UTF_8);
    if (request.uri().startsWith("/streamed")) {
      ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
      ctx.write(new DefaultHttpContent(Unpooled.copiedBuffer(text, UTF_8)));
      ctx.writeAndFlush(new DefaultLastHttpContent());
    } else {
      ctx.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(text, UTF_8)));
    }
  }
}
