package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogLine.Stream;
import org.junit.jupiter.api.Test;

/** The original took each read for one line; a read holds any number of them or a part of one. */
class LogFrameDecoderTest {

  private static final int MAX_LINE = 100;
  private static final String TIME = "2026-11-23T11:07:31.378196870Z";
  private static final LogLine TICK =
      new LogLine(Instant.parse(TIME), "web", Stream.STDOUT, "tick 1");
  private static final LogLine OOPS =
      new LogLine(Instant.parse(TIME), "web", Stream.STDERR, " oops ü");

  private final List<LogLine> lines = new ArrayList<>();
  private final LogFrameDecoder decoder = new LogFrameDecoder("web", MAX_LINE, lines::add);

  @Test
  void findsSeveralLinesInOneRead() {
    decoder.decode(twoFrames());

    assertThat(lines).containsExactly(TICK, OOPS);
  }

  @Test
  void findsLinesThatComeByteByByte() {
    ByteBuf frames = twoFrames();
    while (frames.isReadable()) {
      decoder.decode(frames.readSlice(1));
    }

    assertThat(lines).containsExactly(TICK, OOPS);
  }

  @Test
  void keepsWhatAFrameCutInTheMiddleBeganWith() {
    ByteBuf frames = twoFrames();

    decoder.decode(frames.readSlice(20));
    assertThat(lines).isEmpty();
    decoder.decode(frames);

    assertThat(lines).containsExactly(TICK, OOPS);
  }

  @Test
  void leavesOutTheRestOfALineThatIsTooLong() {
    ByteBuf frames =
        Unpooled.wrappedBuffer(frame(1, TIME + " " + "x".repeat(100_000) + "\n"), twoFrames());

    decoder.decode(frames);

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0).text()).isEqualTo("x".repeat(MAX_LINE - TIME.length() - 1));
    assertThat(lines.subList(1, 3)).containsExactly(TICK, OOPS);
  }

  @Test
  void anEmptyLineIsALine() {
    decoder.decode(frame(1, TIME + " \n"));

    assertThat(lines).containsExactly(new LogLine(TICK.at(), "web", Stream.STDOUT, ""));
  }

  @Test
  void aLineWithoutATimeHasThatOfTheLineBefore() {
    decoder.decode(frame(1, TIME + " tick 1\n"));
    decoder.decode(frame(1, "no time here\n"));

    assertThat(lines)
        .containsExactly(TICK, new LogLine(TICK.at(), "web", Stream.STDOUT, "no time here"));
  }

  @Test
  void takesTextThatIsNotFramedForAnError() {
    String error = "Error running logs job: cannot find container nosuch\n";

    assertThatThrownBy(() -> decoder.decode(Unpooled.copiedBuffer(error, StandardCharsets.UTF_8)))
        .isInstanceOf(CorruptedFrameException.class)
        .hasMessage(error.strip());
  }

  private static ByteBuf twoFrames() {
    return Unpooled.wrappedBuffer(frame(1, TIME + " tick 1\n"), frame(2, TIME + "  oops ü\n"));
  }

  private static ByteBuf frame(int stream, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer()
        .writeByte(stream)
        .writeZero(3)
        .writeInt(payload.length)
        .writeBytes(payload);
  }
}
