package org.codius.payments.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.codius.payments.ilp.Oer;
import org.codius.payments.ilp.OerException;

/**
 * Reads and writes STREAM packets (RFC 29 §5.2).
 *
 * <p>{@code 01 | type u8 | sequence | prepareAmount | number of frames | frames…}, integers as
 * VarUInt; each frame is {@code type u8 | VarOctets}. Whatever follows the last frame is padding.
 */
final class StreamCodec {

  private static final int VERSION = 1;

  private StreamCodec() {}

  static byte[] encode(StreamPacket packet) {
    ByteBuf out = Unpooled.buffer();
    out.writeByte(VERSION);
    out.writeByte(packet.type());
    Oer.writeVarUInt(out, packet.sequence());
    Oer.writeVarUInt(out, packet.prepareAmount());
    Oer.writeVarUInt(out, packet.frames().size());
    for (Frame frame : packet.frames()) {
      FrameCodec.write(out, frame);
    }
    return ByteBufUtil.getBytes(out);
  }

  /**
   * Returns the packet these bytes are. Frames of unknown type are left out.
   *
   * @throws OerException if they are none, or one of another version
   */
  static StreamPacket decode(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    int version = readByte(in);
    if (version != VERSION) {
      throw new OerException("STREAM version: " + version + " (expected: " + VERSION + ")");
    }
    int type = readByte(in);
    long sequence = Oer.readVarUInt(in);
    long prepareAmount = Oer.readVarUInt(in);
    long count = Oer.readVarUInt(in);
    List<Frame> frames = new ArrayList<>();
    for (long i = 0; i != count; i++) { // ends at the latest where the bytes do: read then throws
      FrameCodec.read(in).ifPresent(frames::add);
    }
    return new StreamPacket(type, sequence, prepareAmount, frames);
  }

  static int readByte(ByteBuf in) {
    if (!in.isReadable()) {
      throw new OerException("STREAM packet: ends too early");
    }
    return in.readUnsignedByte();
  }
}
