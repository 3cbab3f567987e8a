package org.codius.hyper.cri;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.cri.v1.Cri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts containers again that have ended, as their pod's policy says: after a second, then two,
 * four, up to five minutes; and after a second again once they ran for ten minutes.
 *
 * <p>It keeps no count of its own: the runtime has the number of the attempt. Safe for use by
 * several threads.
 */
final class ContainerRestarts implements PodWatch.ExitListener {

  private static final Logger log = LoggerFactory.getLogger(ContainerRestarts.class);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration STEADY = Duration.ofMinutes(10);
  private static final int MOST_DOUBLINGS = 9;

  private final ScheduledExecutorService executor;
  private final Starter starter;

  ContainerRestarts(ScheduledExecutorService executor, Starter starter) {
    this.executor = executor;
    this.starter = starter;
  }

  /** Starts it again, on a thread of its own; and says so if it could not. */
  interface Starter {
    void restart(PodId id, String containerId, int attempt, Runnable onFailure);
  }

  @Override
  public void onExit(PodId id, Cri.Container container, Cri.ContainerStatus status) {
    PodSpec.RestartPolicy policy = PodConfigs.restartPolicy(container.getLabelsMap());
    if (policy.restartsAfter(status.getExitCode())) {
      boolean wasSteady = status.getFinishedAt() - status.getStartedAt() > STEADY.toNanos();
      schedule(id, container.getId(), wasSteady ? 0 : container.getMetadata().getAttempt());
    }
  }

  private void schedule(PodId id, String containerId, int failures) {
    long seconds = Math.min(1L << Math.min(failures, MOST_DOUBLINGS), LONGEST_PAUSE.toSeconds());
    try {
      var unused =
          executor.schedule(
              () ->
                  starter.restart(
                      id, containerId, failures + 1, () -> schedule(id, containerId, failures + 1)),
              seconds,
              TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("container not started again, the driver was closed id={}", containerId);
    }
  }
}
