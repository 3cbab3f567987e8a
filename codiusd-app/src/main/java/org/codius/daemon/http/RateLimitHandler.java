package org.codius.daemon.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.codius.proxy.ClientAddress;

/**
 * Answers {@code 429} to an address that asks too often.
 *
 * <p>Programs on this machine may ask as often as they like; so may all clients of a proxy on this
 * machine that is not trusted, since nobody could tell them apart. Inbound and outbound: the same
 * HTTP objects. Confined to the channel's event loop.
 */
final class RateLimitHandler extends ChannelInboundHandlerAdapter {

  private final RateLimit limit;

  /** Whether the rest of a refused request is still to come. */
  private boolean isRefusing;

  RateLimitHandler(RateLimit limit) {
    this.limit = limit;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest request) {
      Duration wait = wait(ctx, request);
      isRefusing = !wait.isZero();
      if (isRefusing) {
        refuse(ctx, request, wait);
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

  private Duration wait(ChannelHandlerContext ctx, HttpRequest request) {
    Optional<InetAddress> client = ClientAddress.of(ctx.channel(), request.headers());
    return client
        .filter(address -> !address.isLoopbackAddress())
        .map(limit::take)
        .orElse(Duration.ZERO);
  }

  private static void refuse(ChannelHandlerContext ctx, HttpRequest request, Duration wait) {
    ApiResponse.Whole answer =
        ApiResponse.error(
            HttpResponseStatus.TOO_MANY_REQUESTS,
            "Too many requests from your address.",
            "TOO_MANY_REQUESTS",
            "Wait as long as Retry-After says, and ask less often.");
    Responses.send(
        ctx,
        request,
        answer.withHeader("Retry-After", Long.toString(wait.plusMillis(999).toSeconds())));
  }
}
