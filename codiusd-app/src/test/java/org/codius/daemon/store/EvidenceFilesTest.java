package org.codius.daemon.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codius.daemon.lease.Evidence;
import org.codius.daemon.lease.EvidenceStore.KeptLog;
import org.codius.hyper.LogLine;
import org.codius.manifest.ManifestHash;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceFilesTest {

  private static final ManifestHash HASH = new ManifestHash("a".repeat(52));
  private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");

  @TempDir private Path folder;
  private EvidenceFiles files;

  @BeforeEach
  void open() throws Exception {
    files = EvidenceFiles.open(folder.resolve("evidence"));
  }

  @Test
  void keepsWhatAPodLeft() {
    Evidence evidence = evidence(NOW);
    List<LogLine> log = List.of(line("one"), line("\u0000 \ud83d\ude00 \"two\""));

    files.keep(HASH, evidence, log);

    assertThat(files.find(HASH)).contains(evidence);
    try (KeptLog kept = files.open(HASH).orElseThrow()) {
      assertThat(kept.evidence()).isEqualTo(evidence);
      assertThat(kept).toIterable().containsExactlyElementsOf(log);
    }
  }

  @Test
  void isItsOwnersAlone() throws Exception {
    files.keep(HASH, evidence(NOW), List.of());

    try (Stream<Path> kept = Files.list(folder.resolve("evidence"))) {
      assertThat(kept)
          .singleElement()
          .satisfies(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void aLogIsReadToItsEndThoughAnotherTookItsPlace() {
    List<LogLine> log = IntStream.range(0, 10_000).mapToObj(i -> line("line " + i)).toList();
    files.keep(HASH, evidence(NOW), log);
    try (KeptLog kept = files.open(HASH).orElseThrow()) {
      kept.next();

      files.keep(HASH, evidence(NOW.plusSeconds(1)), List.of());
      files.forget(NOW.plusSeconds(2));

      assertThat(kept).toIterable().hasSize(log.size() - 1);
    }
    assertThat(files.find(HASH)).isEmpty();
    assertThat(files.open(HASH)).isEmpty();
  }

  @Test
  void isForgottenWhenItsTimeIsOver() {
    files.keep(HASH, evidence(NOW), List.of());

    files.forget(NOW);
    assertThat(files.find(HASH)).isPresent();

    files.forget(NOW.plusMillis(1));
    assertThat(files.find(HASH)).isEmpty();
  }

  @Test
  void ofManyEventsTheLastAreKept() {
    List<Evidence.Event> events =
        IntStream.range(0, 1_000)
            .mapToObj(i -> new Evidence.Event(NOW.plusSeconds(i), "app ended with " + i))
            .toList();

    files.keep(HASH, new Evidence(NOW, Map.of(), events), List.of());

    assertThat(files.find(HASH).orElseThrow().events())
        .isEqualTo(events.subList(events.size() - 50, events.size()));
  }

  private static Evidence evidence(Instant ended) {
    return new Evidence(
        ended,
        Map.of("app", "137 OOMKilled"),
        List.of(new Evidence.Event(ended, "app ended with 137 OOMKilled")));
  }

  private static LogLine line(String text) {
    return new LogLine(NOW, "app", LogLine.Stream.STDERR, text);
  }
}
