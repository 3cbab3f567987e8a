package org.codius.hyper.cri;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the driver does to pods unasked, in turn with what it is asked. */
final class PodSteps {

  private static final Logger log = LoggerFactory.getLogger(PodSteps.class);

  private final Workers orders;
  private final CriPods pods;
  private final PodEvents events;
  private final Duration patience;
  private final Runnable done;

  /**
   * @param done is told when something was done
   */
  PodSteps(Workers orders, CriPods pods, PodEvents events, Duration patience, Runnable done) {
    this.orders = orders;
    this.pods = pods;
    this.events = events;
    this.patience = patience;
    this.done = done;
  }

  /** Ends a pod that has too much on the disk. */
  void endFull(PodId id) {
    end(id, PodLimit.DISK_LIMIT, () -> pods.end(id, PodLimit.DISK_LIMIT));
  }

  /** Ends a container that writes too much to its log. */
  void endFlood(PodId id, int container) {
    end(id, PodLimit.LOG_LIMIT, () -> pods.endFlood(id, container));
  }

  private void end(PodId id, PodLimit limit, CriDriver.Step step) {
    CompletionStage<Void> end =
        orders.order(
            "end pod " + id + " for its " + limit,
            id,
            patience,
            () -> {
              boolean isKnown = pods.hasExceeded(id, limit); // from an earlier look
              step.run();
              if (!isKnown) {
                events.publish(new PodEvent.LimitExceeded(id, limit));
              }
            });
    end.whenComplete(
        (ended, failure) -> {
          if (failure != null) {
            log.warn("pod not ended, tried again soon pod={} limit={}", id, limit, failure);
          }
          done.run();
        });
  }

  /** Starts a container again that has ended. */
  void restart(PodId id, String containerId, int attempt, Runnable onFailure) {
    orders
        .order(
            "restart a container of " + id,
            id,
            patience,
            () -> pods.restart(id, containerId, attempt))
        .whenComplete(
            (restarted, failure) -> {
              if (failure != null) {
                log.warn("container not started again yet pod={}", id, failure);
                onFailure.run();
              }
              done.run();
            });
  }
}
