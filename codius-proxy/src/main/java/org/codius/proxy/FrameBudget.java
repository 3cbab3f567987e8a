package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;

/**
 * Ends an HTTP/2 connection whose client sends frames for their own sake: SETTINGS, PING, PRIORITY,
 * WINDOW_UPDATE, RST_STREAM, CONTINUATION, empty DATA, unknown ones (RFC 9113 §10.5).
 *
 * <p>Such frames are allowed in proportion to what they go with: requests, content, and what the
 * client is sent. Follows the frames by their headers; the bytes pass as they are. Confined to the
 * channel's event loop.
 */
final class FrameBudget extends ChannelInboundHandlerAdapter {

  private static final int PREFACE = 24;
  private static final int HEADER = 9;
  private static final int TYPE_AT = 3;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final long PERIOD = Duration.ofSeconds(10).toNanos();

  /** Frames that a request or a frame with content may bring with it. */
  private static final int PER_USEFUL_FRAME = 2;

  /** Bytes sent that a client may acknowledge with a frame. */
  private static final int PER_BYTES_SENT = 512;

  private final int allowance;
  private final Client client;
  private final Refusals refusals;
  private long periodEnd = System.nanoTime() + PERIOD;
  private long spent;
  private long earned;

  /** Bytes until the next frame header. */
  private long skip = PREFACE;

  private int headerBytes;
  private int length;
  private int type;
  private boolean isOver;

  /**
   * @param allowance frames in ten seconds beside those earned
   */
  FrameBudget(int allowance, Client client, Refusals refusals) {
    this.client = client;
    this.refusals = refusals;
    this.allowance = allowance;
  }

  /** Allows more frames, for so many bytes of content that the client is sent. */
  void earn(int bytes) {
    earned += bytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf bytes = (ByteBuf) msg;
    if (isOver) {
      bytes.release();
      return;
    }
    follow(bytes);
    if (spent > allowance + earned / PER_BYTES_SENT) {
      if (System.nanoTime() - periodEnd < 0) {
        bytes.release();
        end(ctx);
        return;
      }
      periodEnd = System.nanoTime() + PERIOD;
      spent = 0;
      earned = 0;
    }
    ctx.fireChannelRead(bytes);
  }

  private void follow(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int skipped = (int) Math.min(skip, end - at);
        skip -= skipped;
        at += skipped;
      } else {
        header(bytes.getByte(at) & 0xff);
        at++;
      }
    }
  }

  private void header(int b) {
    if (headerBytes < TYPE_AT) {
      length = length << 8 | b;
    } else if (headerBytes == TYPE_AT) {
      type = b;
    }
    if (++headerBytes == HEADER) {
      boolean isUseful = type == HEADERS || (type == DATA && length > 0);
      if (isUseful) {
        earned += PER_USEFUL_FRAME * PER_BYTES_SENT;
      } else {
        spent++;
      }
      skip = length;
      headerBytes = 0;
      length = 0;
    }
  }

  private void end(ChannelHandlerContext ctx) {
    isOver = true;
    refusals.count(Refusals.HTTP2 + Http2Error.ENHANCE_YOUR_CALM, client);
    ctx.channel()
        .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM))
        .addListener(written -> ctx.close());
  }
}
