package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionPrefaceAndSettingsFrameWrittenEvent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;

/**
 * Begins and ends an HTTP/2 connection: gives it its window; closes it with a GOAWAY when it has
 * nothing to do or is to be drained, which lets its streams come to their end.
 *
 * <p>Passes everything. Confined to the channel's event loop.
 */
final class ConnectionKeeper extends ChannelInboundHandlerAdapter {

  private final Channel channel;
  private final Http2Connection connection;
  private final ProxyConfig config;
  private final Client client;
  private final Refusals refusals;
  private final Watchdog watch;

  ConnectionKeeper(
      Channel channel,
      Http2Connection connection,
      ProxyConfig config,
      Client client,
      Refusals refusals) {
    this.client = client;
    this.refusals = refusals;
    this.channel = channel;
    this.connection = connection;
    this.config = config;
    this.watch = new Watchdog(channel.eventLoop(), this::late);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    watch.set(config.timeouts().head());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    if (msg instanceof Http2SettingsFrame || msg instanceof Http2HeadersFrame) {
      watch.set(config.timeouts().idle());
    }
    ctx.fireChannelRead(msg);
    if (msg instanceof Http2HeadersFrame headers
        && headers.stream().id() / 2 + 1 >= config.limits().requestsPerConnection()) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
    if (error == null || cause instanceof Http2FrameStreamException) {
      ctx.fireExceptionCaught(cause);
    } else {
      refusals.count(Refusals.HTTP2 + error.error(), client);
      // the codec, which told us, goes on to say GOAWAY with the reason, and to close
    }
  }

  private void late() {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (ctx == null) {
      return;
    }
    if (connection.numActiveStreams() > 0) {
      watch.set(config.timeouts().idle());
    } else {
      ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ConnectionPrefaceAndSettingsFrameWrittenEvent) {
      int more = config.http2().connectionWindow() - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
      ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(more));
    } else if (event == ProxyInitializer.DRAIN || event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close(); // by way of the codec, which waits for the streams there are
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    watch.close();
    ctx.fireChannelInactive();
  }
}
