package org.codius.hyper.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.cri.CriProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeNotesTest {

  private static CriProbe unused(Path folder) {
    throw new AssertionError("tried again");
  }

  @TempDir Path folder;

  private Instant now = Instant.parse("2026-11-24T12:00:00Z");

  @Test
  void whatWorkedIsNotTriedAgainByTheNextStart() {
    CriProbe first = notes().probe("a runtime 1.0", used -> new CriProbe(true));
    now = now.plus(Duration.ofDays(300));

    assertThat(notes().probe("a runtime 1.0", ProbeNotesTest::unused)).isEqualTo(first);
  }

  @Test
  void anotherVersionIsTriedAnew() {
    notes().probe("a runtime 1.0", used -> new CriProbe(true));

    assertThat(notes().probe("a runtime 1.1", used -> new CriProbe(false)))
        .isEqualTo(new CriProbe(false));
  }

  @Test
  void whatFailedIsTriedAgainAfterADay() {
    Function<Path, CriProbe> failing =
        used -> {
          throw new PodDriverException(Reason.TIMEOUT, "it hangs");
        };
    assertThatThrownBy(() -> notes().probe("a", failing)).hasMessage("it hangs");

    assertThatThrownBy(() -> notes().probe("a", ProbeNotesTest::unused))
        .hasMessage("it hangs (seen 2026-11-24T12:00:00Z)");
    now = now.plus(Duration.ofDays(1));
    assertThat(notes().probe("a", used -> new CriProbe(false))).isEqualTo(new CriProbe(false));
  }

  @Test
  void whatCouldNotEvenBeTriedIsNotHeldAgainstIt() {
    assertThatThrownBy(
            () ->
                notes()
                    .probe(
                        "a",
                        used -> {
                          throw new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "not root");
                        }))
        .hasMessage("not root");

    assertThat(notes().probe("a", used -> new CriProbe(true))).isEqualTo(new CriProbe(true));
  }

  @Test
  void ofTwoThatAskAtOnceOneTries() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    AtomicInteger tries = new AtomicInteger();
    Callable<CriProbe> ask =
        () ->
            notes()
                .probe(
                    "a",
                    used -> {
                      tries.incrementAndGet();
                      return new CriProbe(true);
                    });

    List<Future<CriProbe>> answers = threads.invokeAll(List.of(ask, ask));

    threads.shutdown();
    for (Future<CriProbe> answer : answers) {
      assertThat(answer.get()).isEqualTo(new CriProbe(true));
    }
    assertThat(tries).hasValue(1);
  }

  @Test
  void aFileThatIsNoneOfOursIsAsGoodAsNone() throws Exception {
    Files.write(folder.resolve("notes"), new byte[] {'\\', 'u', 'x', 0, 'a', '=', '9', ' ', 'b'});
    List<String> tried = new ArrayList<>();

    notes()
        .probe(
            "a",
            used -> {
              tried.add("a");
              return new CriProbe(false);
            });

    assertThat(tried).hasSize(1);
  }

  private ProbeNotes notes() {
    return new ProbeNotes(folder.resolve("notes"), () -> now);
  }
}
