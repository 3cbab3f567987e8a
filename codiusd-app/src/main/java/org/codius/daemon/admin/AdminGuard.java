package org.codius.daemon.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.http.Responses;

/**
 * Lets only the operator through: whoever has the token, and is no web page.
 *
 * <p>A page is told by its {@code Origin}, or by a {@code Host} that is not this machine's, which
 * it gets through DNS of its own. Inbound and outbound: the same HTTP objects. Confined to the
 * channel's event loop.
 */
final class AdminGuard extends ChannelInboundHandlerAdapter {

  private static final Pattern LOOPBACK_NAME =
      Pattern.compile("(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])(:\\d+)?");

  private final AdminToken token;
  private final Predicate<HttpRequest> isFree;

  /** Whether the rest of a refused request is still to come. */
  private boolean isRefusing;

  /**
   * @param isFree tells the requests that need no token
   */
  AdminGuard(AdminToken token, Predicate<HttpRequest> isFree) {
    this.token = token;
    this.isFree = isFree;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      isRefusing = true;
      if (!isFromHere(request)) {
        refuse(
            ctx,
            request,
            ApiResponse.error(
                HttpResponseStatus.FORBIDDEN,
                "Web pages are not answered here.",
                "LOCAL_ONLY",
                "Call it as localhost, without an Origin header."));
      } else if (!isFree.test(request) && !hasToken(request)) {
        refuse(
            ctx,
            request,
            ApiResponse.error(
                    HttpResponseStatus.UNAUTHORIZED,
                    "The operator's token is missing, or wrong.",
                    "TOKEN_MISSING",
                    "Send Authorization: Bearer, and the content of admin.token in CODIUS_ROOT.")
                .withHeader("WWW-Authenticate", "Bearer"));
      } else {
        isRefusing = false;
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

  private static void refuse(
      ChannelHandlerContext ctx, HttpRequest request, ApiResponse.Whole answer) {
    HttpUtil.setKeepAlive(request, false);
    Responses.send(ctx, request, answer);
  }

  private boolean hasToken(HttpRequest request) {
    return token.isIn(request.headers().get(HttpHeaderNames.AUTHORIZATION, ""));
  }

  private static boolean isFromHere(HttpRequest request) {
    String host = request.headers().get(HttpHeaderNames.HOST, "");
    return !request.headers().contains(HttpHeaderNames.ORIGIN)
        && LOOPBACK_NAME.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }
}
