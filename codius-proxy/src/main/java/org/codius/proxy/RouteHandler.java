package org.codius.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the pod a request is for.
 *
 * <p>Inbound: {@link RequestHead}. Onward: a {@link RoutedRequest} if it is for a pod that is
 * there, the head as it came if it is for no pod; for a pod that is not there a 404 and nothing
 * further. All else passes. Confined to the channel's event loop.
 */
final class RouteHandler extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(RouteHandler.class);

  private final RouteTable routes;
  private final MeterHandler meter;

  RouteHandler(RouteTable routes, MeterHandler meter) {
    this.routes = routes;
    this.meter = meter;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (!(msg instanceof RequestHead head) || head.host().label() == null) {
      ctx.fireChannelRead(msg);
      return;
    }
    String label = head.host().label();
    Optional<InetSocketAddress> pod;
    try {
      pod = routes.find(label);
    } catch (RuntimeException e) {
      log.warn("route look-up failed hash={}", label, e);
      refuse(ctx, head, Refusal.internal());
      return;
    }
    if (pod.isEmpty()) {
      refuse(ctx, head, Refusal.podNotFound(label));
      return;
    }
    meter.routed(label);
    ctx.fireChannelRead(new RoutedRequest(head, label, pod.get()));
  }

  private static void refuse(ChannelHandlerContext ctx, RequestHead head, Refusal refusal) {
    boolean isKept = head.keepsAlive() && !head.hasBody();
    ctx.write(RefusalWriter.write(ctx.alloc(), refusal, head, isKept));
    ctx.write(isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    ctx.flush();
  }
}
