package org.codius.hyper.hyperd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Consumer;
import org.codius.hyper.LogLine;

/**
 * Finds the lines in the body of {@code /container/logs?timestamps=1}.
 *
 * <p>A line is a frame: a byte for the stream (1 stdout, 2 stderr), three zero bytes, the length as
 * 4 bytes, the time, a space, the text, a line feed. Frames have nothing to do with chunks or
 * reads: one of those may hold several frames or a part of one. What is not a frame is the text of
 * an error. Confined to the channel's event loop.
 */
final class LogFrameDecoder {

  private static final int HEADER_BYTES = 8;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private final String container;
  private final int maxLineBytes;
  private final ByteBuf header = Unpooled.buffer(HEADER_BYTES);
  private final ByteBuf payload = Unpooled.buffer();

  /** Bytes of the present frame still to come, of which those beyond the limit are left out. */
  private long missing;

  private Instant lastTime = Instant.EPOCH;

  LogFrameDecoder(String container, int maxLineBytes) {
    this.container = container;
    this.maxLineBytes = maxLineBytes;
  }

  /**
   * Takes in what is readable of {@code bytes}.
   *
   * @throws CorruptedFrameException with the text if it is that of an error
   */
  void decode(ByteBuf bytes, Consumer<LogLine> lines) {
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
        int kept = Math.min(present, maxLineBytes - payload.readableBytes());
        payload.writeBytes(bytes, kept);
        bytes.skipBytes(present - kept);
        missing -= present;
      }
      if (header.readableBytes() == HEADER_BYTES && missing == 0) {
        lines.accept(line());
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

  private LogLine line() {
    String text = payload.toString(StandardCharsets.UTF_8);
    if (text.endsWith("\n")) {
      text = text.substring(0, text.length() - 1);
    }
    int space = text.indexOf(' ');
    if (space > 0) {
      try {
        lastTime = Instant.parse(text.substring(0, space));
        text = text.substring(space + 1);
      } catch (DateTimeParseException e) {
        // No time before it: a line without one has that of the line before.
      }
    }
    LogLine.Stream stream =
        header.getUnsignedByte(0) == STDOUT ? LogLine.Stream.STDOUT : LogLine.Stream.STDERR;
    return new LogLine(lastTime, container, stream, text);
  }
}
