package org.codius.payments.btp;

import com.google.common.base.Ascii;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.CharsetUtil;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Keeps web pages out of a listener that asks for no password.
 *
 * <p>A browser says where a page is from in {@code Origin}, and which name it was given for us in
 * {@code Host}; a page can forge neither. Inbound: {@link FullHttpRequest}. Outbound: the same, or
 * a {@code 403} and nothing further. Confined to the channel's event loop.
 */
final class LocalOnlyHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Pattern LOOPBACK =
      Pattern.compile("(127\\.0\\.0\\.1|\\[::1\\]|localhost)(:[0-9]{1,5})?");

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (request.headers().contains(HttpHeaderNames.ORIGIN)) {
      refuse(ctx, "Web pages cannot connect here.\n");
    } else if (hosts.size() != 1 || !LOOPBACK.matcher(Ascii.toLowerCase(hosts.get(0))).matches()) {
      refuse(ctx, "Connect to 127.0.0.1, [::1] or localhost.\n");
    } else {
      ctx.fireChannelRead(request.retain());
    }
  }

  private static void refuse(ChannelHandlerContext ctx, String why) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.FORBIDDEN,
            Unpooled.copiedBuffer(why, CharsetUtil.US_ASCII));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
