package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Has requests for pods answered by them.
 *
 * <p>Inbound: a {@link RoutedRequest}, its body in {@link ByteBuf}s and a {@link RequestEnd}.
 * Outbound: bytes and a {@link ResponseEnd}. What belongs to no such request passes. Confined to
 * the channel's event loop.
 */
final class PodForwarder extends ChannelInboundHandlerAdapter {

  private final PodPool pool;
  private final Client client;
  private final OwnAnswers answers;
  private @Nullable PodExchange exchange;
  private boolean isDraining;

  PodForwarder(PodPool pool, Client client, OwnAnswers answers) {
    this.pool = pool;
    this.client = client;
    this.answers = answers;
  }

  Client client() {
    return client;
  }

  OwnAnswers answers() {
    return answers;
  }

  /** Whether the connection is to end with the answer under way. */
  boolean isDraining() {
    return isDraining;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof RoutedRequest routed) {
      PodExchange started = new PodExchange(this, ctx, routed, pool);
      exchange = started;
      started.start();
    } else if (exchange == null) {
      ctx.fireChannelRead(msg);
    } else if (msg instanceof ByteBuf piece) {
      exchange.requestBody(piece);
    } else if (msg == RequestEnd.COMPLETE) {
      exchange.requestComplete();
    } else if (msg == RequestEnd.BROKEN) {
      exchange.abort();
    } else {
      throw new IllegalStateException("message in the middle of a request: " + msg);
    }
  }

  /** Forgets an exchange that has come to its end. */
  void ended(PodExchange ended) {
    if (exchange == ended) {
      exchange = null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.flushRequest();
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.clientWritable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ProxyInitializer.DRAIN) {
      isDraining = true;
    } else if (event == ChannelInputShutdownEvent.INSTANCE && exchange != null) {
      exchange.clientShut();
    } else if (event instanceof PodGone gone && exchange != null) {
      exchange.podGone(gone.label());
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.abort();
    }
    ctx.fireChannelInactive();
  }
}
