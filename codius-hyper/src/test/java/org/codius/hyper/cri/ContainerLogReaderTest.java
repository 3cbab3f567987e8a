package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.codius.hyper.LogLine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogReaderTest {

  private static final String TIME = "2026-11-23T11:13:17.253806739Z ";

  @TempDir Path folder;

  private Path log;
  private ContainerLogReader reader;

  @BeforeEach
  void open() {
    log = folder.resolve("0.log");
    reader = new ContainerLogReader("web", new LogFiles(log), Instant.EPOCH);
  }

  @AfterEach
  void close() throws IOException {
    reader.close();
  }

  @Test
  void readsTimeStreamAndText() throws IOException {
    write(log, TIME + "stderr F says: \"hé\"\n");

    LogLine line = reader.peek().orElseThrow();

    assertThat(line.at()).hasToString("2026-11-23T11:13:17.253806739Z");
    assertThat(line.container()).isEqualTo("web");
    assertThat(line.stream()).isEqualTo(LogLine.Stream.STDERR);
    assertThat(line.text()).isEqualTo("says: \"hé\"");
  }

  @Test
  void thereIsNothingBeforeTheLogIsThere() throws IOException {
    assertThat(reader.peek()).isEmpty();

    write(log, TIME + "stdout F \n");
    assertThat(texts()).containsExactly("");
  }

  @Test
  void joinsWhatTheRuntimeSplitEvenWithinACharacterAndBesideTheOtherStream() throws IOException {
    byte[] e = "é".getBytes(StandardCharsets.UTF_8);
    write(log, TIME + "stdout P on");
    Files.write(log, new byte[] {e[0], '\n'}, StandardOpenOption.APPEND);
    write(log, TIME + "stderr F other\n" + TIME + "stdout F ");
    Files.write(log, new byte[] {e[1]}, StandardOpenOption.APPEND);
    write(log, " line\n");

    assertThat(texts()).containsExactly("other", "oné line");
  }

  @Test
  void aLineWithoutAnEndIsNotOlderThanAskedForEither() throws IOException {
    write(log, TIME + "stdout P old");
    write(log, "\n");
    ContainerLogReader later =
        new ContainerLogReader(
            "web", new LogFiles(log), Instant.parse("2026-11-24T00:00:00.000000000Z"));

    assertThat(later.peek()).isEmpty();
    assertThat(later.endLines()).isFalse();
    assertThat(reader.peek()).isEmpty();
    assertThat(reader.endLines()).isTrue();
    later.close();
  }

  @Test
  void readsALogThatGrowsByOneByteAtATime() throws IOException {
    List<String> texts = new ArrayList<>();
    for (char c : (TIME + "stdout F one\n" + TIME + "stdout F two\n").toCharArray()) {
      write(log, String.valueOf(c));
      texts.addAll(texts());
    }

    assertThat(texts).containsExactly("one", "two");
  }

  @Test
  void cutsALineThatIsTooLong() throws IOException {
    String piece = TIME + "stdout P " + "x".repeat(16 << 10) + "\n";
    write(log, piece.repeat(5) + TIME + "stdout F end\n");

    List<String> texts = texts();

    assertThat(texts).hasSize(2);
    assertThat(texts.get(0)).hasSize(ContainerLogReader.LONGEST_LINE);
    assertThat(texts.get(1)).endsWith("xend");
  }

  @Test
  void skipsWhatIsNoEntry() throws IOException {
    write(log, "rubbish\n\nnot-a-time stdout F x\n" + TIME + "stdout F fine\n");

    assertThat(texts()).containsExactly("fine");
  }

  @Test
  void aLineWithoutItsEndIsGivenOutWhenNothingMoreWillCome() throws IOException {
    write(log, TIME + "stdout P last words\n");

    assertThat(texts()).isEmpty();
    assertThat(reader.endLines()).isTrue();
    assertThat(texts()).containsExactly("last words");
  }

  @Test
  void goesOnInTheNewFileAfterTheOldIsReadToItsEnd() throws IOException {
    write(log, TIME + "stdout F one\n");
    assertThat(texts()).containsExactly("one");

    new LogFiles(log).rotate();
    write(rotated(1), TIME + "stdout F two\n"); // not told yet
    assertThat(texts()).containsExactly("two");
    write(log, TIME + "stdout F three\n");
    leaveAlone(rotated(1));

    assertThat(texts()).containsExactly("three");
  }

  /** As containerd does: it ends a file in mid-line, and goes on with that in the new one. */
  @Test
  void waitsForWhatIsStillWrittenToTheOldFileWhenTheNewOneHasBegun() throws IOException {
    write(log, TIME + "stdout F one\n");
    new LogFiles(log).rotate();
    write(log, TIME + "stdout F ree\n");
    assertThat(texts()).containsExactly("one");
    assertThat(reader.isWaiting()).isTrue();

    write(rotated(1), TIME + "stdout F two\n" + TIME + "stdout P th\n");
    assertThat(texts()).containsExactly("two");
    leaveAlone(rotated(1));

    assertThat(texts()).containsExactly("three");
    assertThat(reader.isWaiting()).isFalse();
  }

  @Test
  void readsAllFilesThereAreInTheirOrder() throws IOException {
    for (String text : List.of("one", "two", "three")) {
      write(log, TIME + "stdout F " + text + "\n");
      new LogFiles(log).rotate();
    }
    write(log, TIME + "stdout F four\n");
    for (int number = 1; number <= 3; number++) {
      leaveAlone(rotated(number));
    }

    assertThat(texts()).containsExactly("one", "two", "three", "four");
  }

  @Test
  void whoIsTooLateGoesOnWithTheOldestThatIsLeft() throws IOException {
    write(log, TIME + "stdout F one\n");
    assertThat(texts()).containsExactly("one");

    for (String text : List.of("two", "three")) {
      new LogFiles(log).rotate();
      write(log, TIME + "stdout F " + text + "\n");
    }
    Files.delete(rotated(1));
    leaveAlone(rotated(2));

    assertThat(texts()).containsExactly("two", "three");
  }

  @Test
  void keepsOnlyTheLastLinesOrThoseSinceATime() throws IOException {
    write(log, "2026-11-23T11:00:00Z stdout F one\n2026-11-23T12:00:00Z stdout F two\n");
    write(log, "2026-11-23T13:00:00Z stdout F three\n");

    reader.keepLast(2);
    assertThat(texts()).containsExactly("two", "three");

    try (ContainerLogReader late =
        new ContainerLogReader("web", new LogFiles(log), Instant.parse("2026-11-23T13:00:00Z"))) {
      assertThat(late.peek().map(LogLine::text)).contains("three");
    }
  }

  private Path rotated(int number) {
    return folder.resolve("0.log.0000000" + number);
  }

  /** As if nobody had written to it for a while. */
  private static void leaveAlone(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(2)));
  }

  private List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    while (reader.peek().isPresent()) {
      texts.add(reader.take().text());
    }
    return texts;
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
