package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.codius.hyper.LogLine;
import org.junit.jupiter.api.Test;

class LogTailTest {

  private static final int LINES = 200_000;

  private int written;

  @Test
  void keepsTheLastMebibyteOfEachContainer() {
    LogTail tail = new LogTail(2);
    for (int i = 0; i < 2_000; i++) {
      tail.onNext(line("talks", i + " " + "x".repeat(1_000)));
    }
    tail.onNext(line("hardly talks", "once"));

    List<LogLine> kept = tail.soFar();

    assertThat(kept).last().extracting(LogLine::text).isEqualTo("once");
    long bytes = kept.stream().mapToLong(line -> line.text().length()).sum();
    assertThat(bytes).isBetween(900_000L, (long) LogTail.LIMIT);
    assertThat(kept.get(kept.size() - 2).text()).startsWith("1999 ");
  }

  @Test
  void linesWithNothingInThemTakeRoomAllTheSame() {
    LogTail tail = new LogTail(1);
    for (int i = 0; i < LINES; i++) {
      tail.onNext(line("app", ""));
    }

    assertThat(tail.soFar()).hasSizeLessThan(LogTail.LIMIT / 64);
  }

  @Test
  void theContainersOfALargePodShareWhatIsKept() {
    int containers = 64;
    LogTail tail = new LogTail(containers);
    for (int i = 0; i < LINES; i++) {
      tail.onNext(line("app" + i % containers, "x".repeat(100)));
    }

    long bytes = tail.soFar().stream().mapToLong(line -> line.text().length()).sum();

    assertThat(bytes).isLessThan(LogTail.POD_LIMIT);
    assertThat(tail.soFar().stream().map(LogLine::container).distinct()).hasSize(containers);
  }

  private LogLine line(String container, String text) {
    written++;
    return new LogLine(Instant.ofEpochMilli(written), container, LogLine.Stream.STDOUT, text);
  }
}
