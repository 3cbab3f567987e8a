package org.codius.hyper.hyperd;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.function.Consumer;
import org.codius.hyper.LogLine;

/**
 * Finds the lines in the body of {@code /container/logs?timestamps=1}, in which a frame is the
 * time, a space, the text and a line feed. Confined to the channel's event loop.
 */
final class LogFrameDecoder {

  private final String container;
  private final Consumer<LogLine> lines;
  private final FrameDecoder frames;
  private Instant lastTime = Instant.EPOCH;

  LogFrameDecoder(String container, int maxLineBytes, Consumer<LogLine> lines) {
    this.container = container;
    this.lines = lines;
    this.frames = new FrameDecoder(maxLineBytes, this::onFrame);
  }

  /**
   * Takes in what is readable of {@code bytes}.
   *
   * @throws CorruptedFrameException with the text if it is that of an error
   */
  void decode(ByteBuf bytes) {
    frames.decode(bytes);
  }

  private void onFrame(boolean isStdout, ByteBuf payload) {
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
    LogLine.Stream stream = isStdout ? LogLine.Stream.STDOUT : LogLine.Stream.STDERR;
    lines.accept(new LogLine(lastTime, container, stream, text));
  }
}
