package org.codius.hyper.hyperd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;

/**
 * Takes apart what hyperd sends of a container's output.
 *
 * <p>A frame is a byte for the stream (1 stdout, 2 stderr), three zero bytes, the length as 4
 * bytes, and so many bytes. Frames have nothing to do with chunks or reads: one of those may hold
 * several frames or a part of one. What is not a frame is the text of an error. Confined to the
 * channel's event loop.
 */
final class FrameDecoder {

  /** Takes frames. */
  interface Receiver {
    /**
     * Takes a frame.
     *
     * @param payload of the frame, to be read before this returns; not more than the limit
     */
    void onFrame(boolean isStdout, ByteBuf payload);
  }

  private static final int HEADER_BYTES = 8;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private final int maxFrameBytes;
  private final Receiver receiver;
  private final ByteBuf header = Unpooled.buffer(HEADER_BYTES);
  private final ByteBuf payload = Unpooled.buffer();

  /** Bytes of the present frame still to come, of which those beyond the limit are left out. */
  private long missing;

  FrameDecoder(int maxFrameBytes, Receiver receiver) {
    this.maxFrameBytes = maxFrameBytes;
    this.receiver = receiver;
  }

  /**
   * Takes in what is readable of {@code bytes}.
   *
   * @throws CorruptedFrameException with the text if it is that of an error
   */
  void decode(ByteBuf bytes) {
    while (bytes.isReadable()) {
      if (header.readableBytes() < HEADER_BYTES) {
        header.writeBytes(
            bytes, Math.min(bytes.readableBytes(), HEADER_BYTES - header.readableBytes()));
        checkHeader(bytes);
        if (header.readableBytes() == HEADER_BYTES) {
          missing = header.getUnsignedInt(4);
          payload.clear();
        }
      } else {
        int present = (int) Math.min(bytes.readableBytes(), missing);
        int kept = Math.min(present, maxFrameBytes - payload.readableBytes());
        payload.writeBytes(bytes, kept);
        bytes.skipBytes(present - kept);
        missing -= present;
      }
      if (header.readableBytes() == HEADER_BYTES && missing == 0) {
        receiver.onFrame(header.getUnsignedByte(0) == STDOUT, payload);
        header.clear();
      }
    }
  }

  private void checkHeader(ByteBuf rest) {
    for (int i = 0; i < header.readableBytes() && i < 4; i++) {
      int expectedMax = i == 0 ? STDERR : 0;
      if (header.getUnsignedByte(i) > expectedMax) {
        String text =
            header.toString(StandardCharsets.UTF_8) + rest.toString(StandardCharsets.UTF_8);
        throw new CorruptedFrameException(text.strip());
      }
    }
  }
}
