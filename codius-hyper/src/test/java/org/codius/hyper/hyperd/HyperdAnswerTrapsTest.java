package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.HyperdSimulator.Fault;
import org.junit.jupiter.api.Test;

/** Answers of hyperd that mean something else than they say, or do not come. */
class HyperdAnswerTrapsTest extends HyperdLab {

  private static final Duration SHORT = Duration.ofMillis(500);

  @Test
  void anErrorInsideASuccessfulPullIsAFailure() {
    hyperd.failPullsInStream("127.0.0.1:5999", "dial tcp 127.0.0.1:5999: connection refused");

    assertThat(reasonOf(driver.pull("127.0.0.1:5999/busybox:1.35")))
        .isEqualTo(Reason.IMAGE_PULL_FAILED);
    assertThat(reasonOf(driver.pull("127.0.0.1:5000/nosuch:latest")))
        .isEqualTo(Reason.IMAGE_NOT_FOUND);
  }

  @Test
  void aHostThatDoesNotResolveIsNotAMissingImageThoughHyperdSays404() {
    hyperd.failPullsAtOnce("nosuchhost.invalid", "dial tcp: no such host");

    assertThat(reasonOf(driver.pull("nosuchhost.invalid/busybox:1.35")))
        .isEqualTo(Reason.IMAGE_PULL_FAILED);
  }

  @Test
  void aCreationThatIsGivenUpIsUndoneWhenItIsDone() throws Exception {
    driver = impatient(SHORT, PATIENCE, PATIENCE);
    hyperd.failNext("/pod/create", Fault.IS_SILENT);

    assertThat(reasonOf(driver.run(pod("late", "web")))).isEqualTo(Reason.TIMEOUT);

    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void aCreationThatIsGivenUpIsWaitedForWhileItIsPending() throws Exception {
    driver = impatient(SHORT, PATIENCE, PATIENCE);
    CompletableFuture<Void> boot = hyperd.holdBoots();
    String lookAtLate = "/list?item=pod&pod=" + id("late");
    hyperd.beforeNext(
        "/pod/create",
        () ->
            hyperd.beforeNext(
                lookAtLate, () -> hyperd.beforeNext(lookAtLate, () -> boot.complete(null))));

    assertThat(reasonOf(driver.run(pod("late", "web")))).isEqualTo(Reason.TIMEOUT);

    assertThat(boot).isDone();
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void aStartThatWasNotAnsweredButDoneIsASuccess() throws Exception {
    driver = impatient(PATIENCE, SHORT, PATIENCE);
    hyperd.failNext("/pod/start", Fault.IS_SILENT);

    assertThat(get(driver.run(pod("started", "web"))).isRunning()).isTrue();
  }

  @Test
  void aRemovalThatWasNotAnsweredButDoneIsASuccess() throws Exception {
    driver = impatient(PATIENCE, PATIENCE, SHORT);
    PodSpec pod = pod("removed", "web");
    get(driver.run(pod));

    hyperd.failNext("/pod", Fault.IS_SILENT);
    get(driver.remove(pod.id()));

    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void saysThatHyperdIsNotThere() {
    hyperd.close();

    assertThat(reasonOf(driver.runtime())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    assertThat(reasonOf(driver.list())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    assertThat(reasonOf(driver.run(pod("none", "web")))).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
  }

  @Test
  void anAnswerLongerThanAllowedIsAFailure() throws Exception {
    for (int i = 0; i < 20; i++) {
      send(HttpMethod.POST, "/pod/create", "{\"id\":\"" + "x".repeat(40) + i + "\"}");
    }
    HyperdConfig tight =
        new HyperdConfig(
            config.socket(),
            INSTANCE,
            null,
            config.timeouts(),
            new HyperdConfig.Limits(4, 64, 1024, 1024));
    try (HyperdDriver limited = HyperdDriver.connect(tight, group)) {
      assertThat(reasonOf(limited.list())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    }
  }

  @Test
  void anImageLargerThanAllowedIsRefusedAndDeleted() throws Exception {
    assertThat(reasonOf(driver.pull(WEB.digested(), new ImageLimits(1000, 1 << 20, 10), any -> {})))
        .isEqualTo(Reason.IMAGE_TOO_LARGE);
  }

  /** Returns a driver with other limits for how long a creation, a start and a removal may take. */
  private HyperdDriver impatient(Duration create, Duration start, Duration remove) {
    HyperdConfig.Timeouts timeouts =
        new HyperdConfig.Timeouts(
            config.timeouts().call(),
            create,
            start,
            remove,
            config.timeouts().pull(),
            config.timeouts().logSilence(),
            config.timeouts().watch());
    driver.close();
    return HyperdDriver.connect(
        new HyperdConfig(config.socket(), INSTANCE, null, timeouts, config.limits()), group);
  }
}
