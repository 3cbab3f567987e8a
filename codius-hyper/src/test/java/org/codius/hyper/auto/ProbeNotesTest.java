package org.codius.hyper.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.cri.CriProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeNotesTest {

  private static CriProbe unused() {
    throw new AssertionError("tried again");
  }

  @TempDir Path folder;

  private Instant now = Instant.parse("2026-11-24T12:00:00Z");

  @Test
  void whatWorkedIsNotTriedAgainByTheNextStart() {
    CriProbe first = notes().probe("a runtime 1.0", () -> new CriProbe(true));
    now = now.plus(Duration.ofDays(300));

    assertThat(notes().probe("a runtime 1.0", ProbeNotesTest::unused)).isEqualTo(first);
  }

  @Test
  void anotherVersionIsTriedAnew() {
    notes().probe("a runtime 1.0", () -> new CriProbe(true));

    assertThat(notes().probe("a runtime 1.1", () -> new CriProbe(false)))
        .isEqualTo(new CriProbe(false));
  }

  @Test
  void whatFailedIsTriedAgainAfterADay() {
    Supplier<CriProbe> failing =
        () -> {
          throw new PodDriverException(Reason.TIMEOUT, "it hangs");
        };
    assertThatThrownBy(() -> notes().probe("a", failing)).hasMessage("it hangs");

    assertThatThrownBy(() -> notes().probe("a", ProbeNotesTest::unused))
        .hasMessage("it hangs (seen 2026-11-24T12:00:00Z)");
    now = now.plus(Duration.ofDays(1));
    assertThat(notes().probe("a", () -> new CriProbe(false))).isEqualTo(new CriProbe(false));
  }

  @Test
  void aFileThatIsNoneOfOursIsAsGoodAsNone() throws Exception {
    Files.write(folder.resolve("notes"), new byte[] {'\\', 'u', 'x', 0, 'a', '=', '9', ' ', 'b'});
    List<String> tried = new ArrayList<>();

    notes()
        .probe(
            "a",
            () -> {
              tried.add("a");
              return new CriProbe(false);
            });

    assertThat(tried).hasSize(1);
  }

  private ProbeNotes notes() {
    return new ProbeNotes(folder.resolve("notes"), () -> now);
  }
}
