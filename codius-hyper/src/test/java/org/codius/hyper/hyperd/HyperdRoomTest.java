package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.testing.HyperdSimulator.Fault;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that makes one call at a time. */
class HyperdRoomTest extends HyperdLab {

  @BeforeEach
  void connectWithRoomForOne() {
    driver.close();
    config =
        new HyperdConfig(
            config.socket(),
            INSTANCE,
            null,
            config.timeouts(),
            new HyperdConfig.Limits(1, 64, 4 << 20, 64 << 10));
    driver = HyperdDriver.connect(config, group);
  }

  @Test
  void whoFollowsALogKeepsNobodyFromRunningPods() throws Exception {
    PodSpec talks = pod("talks", "web");
    get(driver.run(talks));
    StreamCollector<LogLine> log =
        new StreamCollector<LogLine>(PATIENCE)
            .readFrom(driver.logs(talks.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
    hyperd.write(talks.id() + "__web", LogLine.Stream.STDOUT, "one");
    assertThat(log.next().text()).isEqualTo("one");

    assertThat(get(driver.run(pod("more", "web"))).isRunning()).isTrue();

    assertThat(log.end()).isNotDone();
    log.cancel();
  }

  @Test
  void aPullThatNobodyWaitsForAnyMoreLeavesItsPlace() throws Exception {
    hyperd.failNext("/image/create", Fault.IS_SILENT);
    CompletionStage<Void> forgotten = driver.pull(WEB.tagged());
    assertThat(reasonOf(driver.pull(BUSYBOX.tagged()))).isEqualTo(Reason.RUNTIME_UNAVAILABLE);

    forgotten.toCompletableFuture().cancel(true);

    Object failure = null;
    do { // its connection is closed a moment later
      failure =
          driver.pull(BUSYBOX.tagged()).handle((pulled, why) -> why).toCompletableFuture().get();
    } while (failure != null);
  }
}
