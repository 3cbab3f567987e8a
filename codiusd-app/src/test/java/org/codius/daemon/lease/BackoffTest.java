package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.codius.manifest.ManifestHash;
import org.junit.jupiter.api.Test;

class BackoffTest {

  private static final ManifestHash POD = new ManifestHash("a".repeat(52));

  private final Backoff backoff = new Backoff();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void looksAtOnceAtWhatHasJustHappened() {
    backoff.wake(POD, now);

    assertThat(backoff.due(now)).containsExactly(POD);
    assertThat(backoff.due(now)).isEmpty();
  }

  @Test
  void waitsTwiceAsLongEachTimeAndFiveMinutesAtMost() {
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
      backoff.started(POD, now);
      backoff.wake(POD, now);

      now = now.plusSeconds(seconds).minusMillis(1);
      assertThat(backoff.due(now)).isEmpty();
      assertThat(backoff.isAllowed(POD, now)).isFalse();

      now = now.plusMillis(1);
      assertThat(backoff.due(now)).containsExactly(POD);
      assertThat(backoff.isAllowed(POD, now)).isTrue();
    }
  }

  @Test
  void forgivesWhatStayedUp() {
    backoff.started(POD, now);
    backoff.started(POD, now);
    now = now.plusSeconds(1000);

    backoff.started(POD, now);

    assertThat(backoff.isAllowed(POD, now.plusSeconds(1))).isTrue();
  }
}
