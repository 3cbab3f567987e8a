package org.codius.proxy;

import io.netty.buffer.ByteBuf;
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
 * there; the head as it came if it is for no pod, or the API takes it in the pod's place; for a pod
 * that is not there a 404, or a 503 if it may yet come, and nothing further. All else passes.
 * Confined to the channel's event loop.
 */
final class RouteHandler extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(RouteHandler.class);

  private final RouteTable routes;
  private final boolean hasApi;
  private final MeterHandler meter;
  private final OwnAnswers answers;
  private boolean isDraining;

  RouteHandler(RouteTable routes, boolean hasApi, MeterHandler meter, OwnAnswers answers) {
    this.routes = routes;
    this.hasApi = hasApi;
    this.meter = meter;
    this.answers = answers;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof RequestHead head) {
      route(ctx, head);
    } else {
      ctx.fireChannelRead(msg);
    }
  }

  private void route(ChannelHandlerContext ctx, RequestHead head) {
    String label = head.host().label();
    String name = label == null ? head.host().name() : label;
    Optional<InetSocketAddress> pod;
    boolean isForApi;
    try {
      pod = label == null ? routes.findHost(name) : routes.find(label);
      boolean isPodsHost = label != null || pod.isPresent();
      isForApi = !isPodsHost || routes.isIntercepted(name, head.path());
    } catch (RuntimeException e) {
      log.warn("route look-up failed host={}", name, e);
      refuse(ctx, head, Refusal.internal());
      return;
    }
    if (isForApi && hasApi) {
      ctx.fireChannelRead(head);
    } else if (isForApi) {
      refuse(ctx, head, Refusal.hostNotFound());
    } else if (pod.isEmpty()) {
      refuse(
          ctx, head, routes.isComplete() ? Refusal.podNotFound(name) : Refusal.podsUnknown(name));
    } else if (head.forwards() == 0) {
      answerOptions(ctx, head);
    } else {
      meter.routed(name);
      ctx.fireChannelRead(new RoutedRequest(head, name, pod.get()));
    }
  }

  private void refuse(ChannelHandlerContext ctx, RequestHead head, Refusal refusal) {
    boolean isKept = mayKeep(head);
    answer(ctx, answers.refusal(ctx.alloc(), refusal, head, isKept), isKept);
  }

  private boolean mayKeep(RequestHead head) {
    return head.keepsAlive() && !head.hasBody() && !isDraining;
  }

  /** Says what the proxy itself can do, since the request is to go no further than here. */
  private void answerOptions(ChannelHandlerContext ctx, RequestHead head) {
    boolean isKept = mayKeep(head);
    answer(ctx, OwnAnswers.options(ctx.alloc(), head, isKept), isKept);
  }

  private static void answer(ChannelHandlerContext ctx, ByteBuf bytes, boolean isKept) {
    ctx.write(bytes);
    ctx.write(isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    isDraining |= event == ProxyInitializer.DRAIN;
    ctx.fireUserEventTriggered(event);
  }
}
