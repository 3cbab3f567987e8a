package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of an HTTP/2 stream.
 *
 * <p>Outbound: an answer as HTTP/1.1 has it, each head whole in one {@link ByteBuf}, with the
 * body's first bytes after it or without; the body; {@link Trailers} if there are any; a {@link
 * ResponseEnd}. Onward: HEADERS and DATA frames. The last frame is held back until it is known to
 * be, so that it ends the stream itself. Confined to the channel's event loop.
 */
final class StreamEncoder extends ChannelDuplexHandler {

  private final Channel channel;
  private final Client client;
  private final Refusals refusals;
  private final Watchdog watch;
  private final Duration patience;
  private final FrameBudget budget;
  private boolean isRequestComplete;
  private @Nullable Http2Headers heldHead;
  private @Nullable ByteBuf heldData;
  private boolean isBegun;
  private boolean isHeadWritten;
  private boolean isEnded;

  /**
   * @param patience for a client to take the end of an answer
   */
  StreamEncoder(
      Channel channel, Duration patience, FrameBudget budget, Client client, Refusals refusals) {
    this.channel = channel;
    this.client = client;
    this.refusals = refusals;
    this.watch = new Watchdog(channel.eventLoop(), this::late);
    this.patience = patience;
    this.budget = budget;
  }

  /** Is told that the client has sent all of its request. */
  void requestComplete() {
    isRequestComplete = true;
  }

  /** Whether there is something of an answer, so that there can be no other. */
  boolean isBegun() {
    return isBegun;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
    if (msg instanceof Http2StreamFrame) {
      ctx.write(msg, promise);
      return;
    }
    if (isEnded) {
      ReferenceCountUtil.release(msg);
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    isBegun = true;
    if (msg instanceof ByteBuf bytes) {
      bytes(ctx, bytes);
    } else if (msg instanceof Trailers trailers) {
      sendHeld(ctx, false);
      end(ctx, new DefaultHttp2HeadersFrame(AnswerHeaders.of(trailers), true));
    } else if (msg instanceof ResponseEnd) {
      sendHeld(ctx, true);
    } else {
      throw new IllegalStateException("no part of an answer: " + msg);
    }
    promise.trySuccess();
  }

  private void bytes(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (!bytes.isReadable()) {
      bytes.release(); // written to have something to flush
      return;
    }
    sendHeld(ctx, false);
    if (isHeadWritten) {
      heldData = bytes;
      return;
    }
    try {
      Http2Headers head = AnswerHeaders.read(bytes);
      heldHead = head;
      isHeadWritten = !AnswerHeaders.isInterim(head);
      if (bytes.isReadable()) {
        sendHeld(ctx, false);
        heldData = bytes.retain();
      }
    } finally {
      bytes.release();
    }
  }

  private void sendHeld(ChannelHandlerContext ctx, boolean isEnd) {
    Http2Headers head = heldHead;
    ByteBuf data = heldData;
    heldHead = null;
    heldData = null;
    if (head != null) {
      send(ctx, new DefaultHttp2HeadersFrame(head, isEnd), isEnd);
    } else if (data != null) {
      budget.earn(data.readableBytes());
      send(ctx, new DefaultHttp2DataFrame(data, isEnd), isEnd);
    } else if (isEnd) {
      end(ctx, new DefaultHttp2DataFrame(true));
    }
  }

  private void send(ChannelHandlerContext ctx, Http2StreamFrame frame, boolean isEnd) {
    if (isEnd) {
      end(ctx, frame);
    } else {
      ctx.write(frame);
    }
  }

  private void end(ChannelHandlerContext ctx, Http2StreamFrame last) {
    isEnded = true;
    watch.set(patience); // the client may have no room for it, and never make any
    ctx.write(last).addListener(written -> ended(ctx));
  }

  private void late() {
    ChannelHandlerContext ctx = channel.pipeline().context(this);
    if (ctx != null) {
      refusals.count(Refusals.SLOW_READER, client);
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
    }
  }

  private void ended(ChannelHandlerContext ctx) {
    watch.close();
    if (!isRequestComplete) {
      // the rest of the request is of no interest (RFC 9113 §8.1)
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    sendHeld(ctx, false);
    ctx.flush();
  }

  /** An answer that is not whole must not look as if it were. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    releaseHeld();
    if (isBegun && !isEnded && ctx.channel().isActive()) {
      isEnded = true;
      ctx.write(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }
    ctx.close(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    isEnded = true;
    watch.close();
    releaseHeld();
    ctx.fireChannelInactive();
  }

  private void releaseHeld() {
    if (heldData != null) {
      heldData.release();
      heldData = null;
    }
    heldHead = null;
  }
}
