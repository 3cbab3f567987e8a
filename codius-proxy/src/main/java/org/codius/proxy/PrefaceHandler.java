package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import java.util.function.Consumer;

/**
 * Recognises a client that speaks HTTP/2 without TLS, because it knows that we do (RFC 9113 §3.3).
 *
 * <p>The pipeline after it is that of HTTP/1.1, and replaced then. Removes itself when it knows.
 * Confined to the channel's event loop.
 */
final class PrefaceHandler extends ByteToMessageDecoder {

  private final Consumer<ChannelPipeline> http2;

  PrefaceHandler(Consumer<ChannelPipeline> http2) {
    this.http2 = http2;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
    try {
      int known = Math.min(in.readableBytes(), preface.readableBytes());
      boolean isPreface = in.slice(in.readerIndex(), known).equals(preface.slice(0, known));
      if (isPreface && known < preface.readableBytes()) {
        return;
      }
      ChannelPipeline pipeline = ctx.pipeline();
      if (isPreface) {
        while (pipeline.last() != this) {
          pipeline.removeLast();
        }
        http2.accept(pipeline);
      }
      pipeline.remove(this); // what was read goes on to the next handler
    } finally {
      preface.release();
    }
  }
}
