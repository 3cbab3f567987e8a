package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.codius.payments.ilp.Oer;

/**
 * Reads and writes frames (RFC 29 §5.3).
 *
 * <p>A frame ends where its length says: what a known type has in addition is skipped, as is the
 * whole of an unknown one.
 */
final class FrameCodec {

  private static final int CONNECTION_CLOSE = 0x01;
  private static final int CONNECTION_NEW_ADDRESS = 0x02;
  private static final int CONNECTION_MAX_DATA = 0x03;
  private static final int CONNECTION_DATA_BLOCKED = 0x04;
  private static final int CONNECTION_MAX_STREAM_ID = 0x05;
  private static final int CONNECTION_STREAM_ID_BLOCKED = 0x06;
  private static final int CONNECTION_ASSET_DETAILS = 0x07;
  private static final int STREAM_CLOSE = 0x10;
  private static final int STREAM_MONEY = 0x11;
  private static final int STREAM_MAX_MONEY = 0x12;
  private static final int STREAM_MONEY_BLOCKED = 0x13;
  private static final int STREAM_DATA = 0x14;
  private static final int STREAM_MAX_DATA = 0x15;
  private static final int STREAM_DATA_BLOCKED = 0x16;
  private static final int STREAM_RECEIPT = 0x17;

  /** No frame, and nothing in one, is longer than an ILP packet's data. */
  private static final int MAXIMUM = 32767;

  private FrameCodec() {}

  static void write(ByteBuf out, Frame frame) {
    ByteBuf contents = Unpooled.buffer();
    out.writeByte(writeContents(contents, frame));
    Oer.writeVarOctets(out, ByteBufUtil.getBytes(contents));
  }

  /** Reads one frame to its end, and returns it unless its type is unknown. */
  static Optional<Frame> read(ByteBuf in) {
    int type = StreamCodec.readByte(in);
    ByteBuf contents = Oer.readVarSlice(in, MAXIMUM);
    return Optional.ofNullable(
        switch (type) {
          case CONNECTION_CLOSE ->
              new Frame.ConnectionClose(StreamCodec.readByte(contents), readText(contents));
          case CONNECTION_NEW_ADDRESS -> new Frame.ConnectionNewAddress(readText(contents));
          case CONNECTION_MAX_DATA -> new Frame.ConnectionMaxData(Oer.readVarUInt(contents));
          case CONNECTION_DATA_BLOCKED ->
              new Frame.ConnectionDataBlocked(Oer.readVarUInt(contents));
          case CONNECTION_MAX_STREAM_ID ->
              new Frame.ConnectionMaxStreamId(Oer.readVarUInt(contents));
          case CONNECTION_STREAM_ID_BLOCKED ->
              new Frame.ConnectionStreamIdBlocked(Oer.readVarUInt(contents));
          case CONNECTION_ASSET_DETAILS ->
              new Frame.ConnectionAssetDetails(readText(contents), StreamCodec.readByte(contents));
          case STREAM_CLOSE ->
              new Frame.StreamClose(
                  Oer.readVarUInt(contents), StreamCodec.readByte(contents), readText(contents));
          case STREAM_MONEY ->
              new Frame.StreamMoney(Oer.readVarUInt(contents), Oer.readVarUInt(contents));
          case STREAM_MAX_MONEY ->
              new Frame.StreamMaxMoney(
                  Oer.readVarUInt(contents), readSaturated(contents), Oer.readVarUInt(contents));
          case STREAM_MONEY_BLOCKED ->
              new Frame.StreamMoneyBlocked(
                  Oer.readVarUInt(contents), readSaturated(contents), Oer.readVarUInt(contents));
          case STREAM_DATA ->
              new Frame.StreamData(
                  Oer.readVarUInt(contents),
                  Oer.readVarUInt(contents),
                  Oer.readVarOctets(contents, MAXIMUM));
          case STREAM_MAX_DATA ->
              new Frame.StreamMaxData(Oer.readVarUInt(contents), Oer.readVarUInt(contents));
          case STREAM_DATA_BLOCKED ->
              new Frame.StreamDataBlocked(Oer.readVarUInt(contents), Oer.readVarUInt(contents));
          case STREAM_RECEIPT ->
              new Frame.StreamReceipt(
                  Oer.readVarUInt(contents), Oer.readVarOctets(contents, MAXIMUM));
          default -> null;
        });
  }

  /** Writes what is in the frame, and returns its type. */
  private static int writeContents(ByteBuf out, Frame frame) {
    if (frame instanceof Frame.ConnectionClose close) {
      out.writeByte(close.code());
      writeText(out, close.message());
      return CONNECTION_CLOSE;
    }
    if (frame instanceof Frame.ConnectionNewAddress address) {
      writeText(out, address.address());
      return CONNECTION_NEW_ADDRESS;
    }
    if (frame instanceof Frame.ConnectionMaxData data) {
      return writeIntegers(out, CONNECTION_MAX_DATA, data.maxOffset());
    }
    if (frame instanceof Frame.ConnectionDataBlocked blocked) {
      return writeIntegers(out, CONNECTION_DATA_BLOCKED, blocked.maxOffset());
    }
    if (frame instanceof Frame.ConnectionMaxStreamId id) {
      return writeIntegers(out, CONNECTION_MAX_STREAM_ID, id.maxStreamId());
    }
    if (frame instanceof Frame.ConnectionStreamIdBlocked blocked) {
      return writeIntegers(out, CONNECTION_STREAM_ID_BLOCKED, blocked.maxStreamId());
    }
    if (frame instanceof Frame.ConnectionAssetDetails asset) {
      writeText(out, asset.code());
      out.writeByte(asset.scale());
      return CONNECTION_ASSET_DETAILS;
    }
    return writeStreamContents(out, frame);
  }

  private static int writeStreamContents(ByteBuf out, Frame frame) {
    if (frame instanceof Frame.StreamClose close) {
      Oer.writeVarUInt(out, close.streamId());
      out.writeByte(close.code());
      writeText(out, close.message());
      return STREAM_CLOSE;
    }
    if (frame instanceof Frame.StreamMoney money) {
      return writeIntegers(out, STREAM_MONEY, money.streamId(), money.shares());
    }
    if (frame instanceof Frame.StreamMaxMoney max) {
      return writeIntegers(
          out, STREAM_MAX_MONEY, max.streamId(), max.receiveMax(), max.totalReceived());
    }
    if (frame instanceof Frame.StreamMoneyBlocked blocked) {
      return writeIntegers(
          out, STREAM_MONEY_BLOCKED, blocked.streamId(), blocked.sendMax(), blocked.totalSent());
    }
    if (frame instanceof Frame.StreamData data) {
      writeIntegers(out, STREAM_DATA, data.streamId(), data.offset());
      Oer.writeVarOctets(out, data.data());
      return STREAM_DATA;
    }
    if (frame instanceof Frame.StreamMaxData max) {
      return writeIntegers(out, STREAM_MAX_DATA, max.streamId(), max.maxOffset());
    }
    if (frame instanceof Frame.StreamDataBlocked blocked) {
      return writeIntegers(out, STREAM_DATA_BLOCKED, blocked.streamId(), blocked.maxOffset());
    }
    Frame.StreamReceipt receipt = (Frame.StreamReceipt) frame;
    Oer.writeVarUInt(out, receipt.streamId());
    Oer.writeVarOctets(out, receipt.receipt());
    return STREAM_RECEIPT;
  }

  private static int writeIntegers(ByteBuf out, int type, long... values) {
    for (long value : values) {
      Oer.writeVarUInt(out, value);
    }
    return type;
  }

  private static void writeText(ByteBuf out, String text) {
    Oer.writeVarOctets(out, text.getBytes(UTF_8));
  }

  private static String readText(ByteBuf in) {
    return new String(Oer.readVarOctets(in, MAXIMUM), UTF_8);
  }

  /** Reads an integer of any size; one over 64 bits counts as the largest (RFC 29 §5.1.4). */
  private static long readSaturated(ByteBuf in) {
    in.markReaderIndex();
    byte[] bytes = Oer.readVarOctets(in, MAXIMUM);
    int significant = bytes.length;
    while (significant > 0 && bytes[bytes.length - significant] == 0) {
      significant--;
    }
    if (significant > Long.BYTES) {
      return -1L;
    }
    in.resetReaderIndex();
    return Oer.readVarUInt(in);
  }
}
