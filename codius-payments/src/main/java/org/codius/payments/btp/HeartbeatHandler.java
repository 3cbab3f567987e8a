package org.codius.payments.btp;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings a peer that was silent, and hangs up on one that does not answer.
 *
 * <p>Needs an {@code IdleStateHandler} before it, where every byte counts as a sign of life.
 * Confined to the channel's event loop.
 */
final class HeartbeatHandler extends ChannelDuplexHandler {

  private static final Logger log = LoggerFactory.getLogger(HeartbeatHandler.class);

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof IdleStateEvent idle) || idle.state() != IdleState.READER_IDLE) {
      ctx.fireUserEventTriggered(event);
      return;
    }
    if (idle.isFirst()) {
      ctx.writeAndFlush(new PingWebSocketFrame());
    } else {
      log.debug("no answer to a ping peer={}", ctx.channel().remoteAddress());
      ctx.close();
    }
  }
}
