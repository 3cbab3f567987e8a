package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * Cuts a client off that takes too little of what waits for it.
 *
 * <p>It must bring the bytes that wait from the limit at which the other side is no longer read
 * down to half of that, each time within the timeout. Confined to the channel's event loop.
 */
final class SlowReaderHandler extends ChannelInboundHandlerAdapter {

  private final Duration timeout;
  private final Watchdog watch;

  SlowReaderHandler(Channel channel, Duration timeout, Refusals refusals) {
    this.timeout = timeout;
    this.watch =
        new Watchdog(
            channel.eventLoop(),
            () -> {
              refusals.count(Refusals.SLOW_READER, channel.remoteAddress());
              channel.close();
            });
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      watch.clear();
    } else {
      watch.set(timeout);
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    ctx.fireChannelInactive();
  }
}
