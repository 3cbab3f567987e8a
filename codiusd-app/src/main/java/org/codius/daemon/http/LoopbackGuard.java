package org.codius.daemon.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Keeps web pages away from a host that takes play money.
 *
 * <p>Answers {@code 403} to a request that a page sent, which its {@code Origin} tells, or that
 * names a host other than loopback, which a page could through DNS of its own. Inbound and
 * outbound: the same HTTP objects. Confined to the channel's event loop.
 */
final class LoopbackGuard extends ChannelInboundHandlerAdapter {

  private static final Pattern LOOPBACK_NAME =
      Pattern.compile("(([a-z0-9-]+\\.)*localhost\\.?|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])(:\\d+)?");

  /** Whether the rest of a refused request is still to come. */
  private boolean isRefusing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      isRefusing = !isFromHere(request);
      if (isRefusing) {
        Responses.send(
            ctx,
            request,
            ApiResponse.error(
                HttpResponseStatus.FORBIDDEN,
                "This host takes play money and answers programs on its own machine only.",
                "LOCAL_ONLY",
                "Use http://localhost without an Origin header, from no web page."));
      }
    }
    if (!isRefusing) {
      ctx.fireChannelRead(message);
      return;
    }
    if (message instanceof LastHttpContent) {
      isRefusing = false;
    }
    ReferenceCountUtil.release(message);
  }

  private static boolean isFromHere(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST, "");
    return !request.headers().contains(HttpHeaderNames.ORIGIN)
        && LOOPBACK_NAME.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
