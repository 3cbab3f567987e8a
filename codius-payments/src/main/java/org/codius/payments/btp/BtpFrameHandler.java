package org.codius.payments.btp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.util.List;
import org.codius.payments.ilp.OerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns binary WebSocket messages into BTP packets and back.
 *
 * <p>A message that is no BTP packet ends the connection without an answer (RFC 23 §Flow). Confined
 * to the channel's event loop.
 */
final class BtpFrameHandler extends MessageToMessageCodec<BinaryWebSocketFrame, BtpPacket> {

  private static final Logger log = LoggerFactory.getLogger(BtpFrameHandler.class);

  BtpFrameHandler() {
    super(BinaryWebSocketFrame.class, BtpPacket.class);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, BinaryWebSocketFrame frame, List<Object> out) {
    try {
      out.add(BtpCodec.read(frame.content()));
    } catch (OerException e) {
      log.debug("unreadable packet peer={}: {}", ctx.channel().remoteAddress(), e.getMessage());
      ctx.close();
    }
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, BtpPacket packet, List<Object> out) {
    ByteBuf bytes = ctx.alloc().buffer();
    try {
      BtpCodec.write(bytes, packet);
      out.add(new BinaryWebSocketFrame(bytes.retain()));
    } finally {
      bytes.release();
    }
  }
}
