package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

final class EndSignalTest {

  /**
   * The interrupt that breaks off the wait must not break off cleaning up, whichever comes first.
   */
  @RepeatedTest(200)
  @Timeout(20)
  void cleaningUpIsNotInterrupted() throws Exception {
    Thread signal;
    boolean wasInterrupted;
    try (EndSignal end = new EndSignal()) {
      signal = new Thread(end::onSignal);
      signal.start();
      end.await();
      assertThat(end.isThere()).isTrue();
      wasInterrupted = Thread.interrupted();
    }
    signal.join();
    assertThat(wasInterrupted || Thread.interrupted()).isFalse();
  }
}
