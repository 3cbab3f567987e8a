package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.testing.HyperdSimulator.Fault;
import org.junit.jupiter.api.Test;

/** What a hyperd may do with the pod that it is tried with. */
class HyperdProbeTest extends HyperdLab {

  private static final Duration SHORT = Duration.ofMillis(500);

  @Test
  void aPodRunsToItsExitAndNothingOfItIsLeft() throws Exception {
    String before = images();
    hyperd.beforeNext("/exitcode", () -> end(0));

    HyperdProbe.run(config, group);

    assertNothingIsLeft(before);
  }

  @Test
  void tenSecondsAreTheLimit() {
    assertThat(HyperdProbe.PATIENCE).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aMachineThatDoesNotBootInTimeIsGivenUp() {
    var boot = hyperd.holdBoots();

    assertFails(Reason.TIMEOUT, SHORT, SHORT, "did not come to its end within 500 ms");

    boot.complete(null);
  }

  @Test
  void aProgramThatDoesNotEndInTimeIsGivenUpAndRemoved() throws Exception {
    String before = images();

    assertFails(Reason.TIMEOUT, SHORT, PATIENCE, "did not come to its end within 500 ms");

    assertNothingIsLeft(before);
  }

  @Test
  void aHyperdThatDoesNotTakeTheImageHasFailed() {
    hyperd.failNext("/image/load", Fault.IS_SILENT);

    assertFails(Reason.TIMEOUT, SHORT, PATIENCE, "did not come to its end");
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void aProgramThatFailsHasFailed() throws Exception {
    String before = images();
    hyperd.beforeNext("/exitcode", () -> end(139));

    assertFails(Reason.START_FAILED, PATIENCE, PATIENCE, "it ended with code 139");

    assertNothingIsLeft(before);
  }

  @Test
  void aContainerThatDoesNotStartHasFailed() throws Exception {
    String before = images();
    hyperd.failStarts(container -> container.endsWith("__probe"));

    assertFails(Reason.START_FAILED, PATIENCE, PATIENCE, "start it: hyperd answered 500");

    assertNothingIsLeft(before);
  }

  @Test
  void aHyperdThatDoesNotAnswerTheRemovalHasFailed() {
    hyperd.beforeNext("/exitcode", () -> end(0));
    hyperd.failNext("/pod", Fault.IS_SILENT);

    assertFails(Reason.TIMEOUT, PATIENCE, SHORT, "did not come to its end");
  }

  private void end(int code) {
    hyperd.exit(hyperd.pods().get(0) + "__probe", code);
  }

  /** Only what is to be given up is given little time. */
  private void assertFails(Reason reason, Duration patience, Duration removal, String words) {
    assertThatThrownBy(() -> HyperdProbe.run(config, group, patience, removal))
        .isInstanceOfSatisfying(
            PodDriverException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }

  private String images() throws Exception {
    return send(HttpMethod.GET, "/images/get", "").toString();
  }

  private void assertNothingIsLeft(String imagesBefore) throws Exception {
    assertThat(hyperd.pods()).isEmpty();
    assertThat(images()).isEqualTo(imagesBefore);
  }
}
