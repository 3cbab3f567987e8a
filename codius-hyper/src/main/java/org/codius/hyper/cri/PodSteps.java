package org.codius.hyper.cri;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLanes;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to pods, asked or unasked: to each pod one thing after the other. */
final class PodSteps {

  private static final Logger log = LoggerFactory.getLogger(PodSteps.class);

  /** How many may wait, over all pods. */
  private static final int MOST_STEPS = 1024;

  private final PodLanes lanes = new PodLanes(MOST_STEPS);
  private final Workers orders;
  private final CriPods pods;
  private final PodEvents events;
  private final Runnable done;

  /**
   * @param done is told when something was done
   */
  PodSteps(Workers orders, CriPods pods, PodEvents events, Runnable done) {
    this.orders = orders;
    this.pods = pods;
    this.events = events;
    this.done = done;
  }

  CompletionStage<PodStatus> run(PodSpec spec) {
    CompletableFuture<PodStatus> started =
        lanes.enter(
            spec.id(),
            isCancelled ->
                orders.submit("run pod " + spec.id(), () -> pods.run(spec, isCancelled)));
    var unused = started.whenComplete((status, failure) -> done.run());
    return started;
  }

  CompletionStage<Void> openEgress(PodId id) {
    return step("open egress of " + id, id, () -> pods.openEgress(id));
  }

  CompletionStage<Void> stop(PodId id) {
    return step("stop pod " + id, id, () -> pods.stop(id));
  }

  CompletionStage<Void> remove(PodId id) {
    return step("remove pod " + id, id, () -> pods.remove(id));
  }

  /** Ends a pod that has too much on the disk. */
  void endFull(PodId id) {
    end(id, PodLimit.DISK_LIMIT, () -> pods.stop(id));
  }

  /** Ends a container that writes too much to its log. */
  void endFlood(PodId id, int container) {
    end(id, PodLimit.LOG_LIMIT, () -> pods.endFlood(id, container));
  }

  private void end(PodId id, PodLimit limit, CriDriver.Step ending) {
    step(
            "end pod " + id + " for its " + limit,
            id,
            () -> {
              if (pods.markExceeded(id, limit)) {
                events.publish(new PodEvent.LimitExceeded(id, limit)); // why, before the end itself
              }
              ending.run();
            })
        .whenComplete(
            (ended, failure) -> {
              if (failure != null) {
                log.warn("pod not ended, tried again soon pod={} limit={}", id, limit, failure);
              }
            });
  }

  /** Starts a container again that has ended. */
  void restart(PodId id, String containerId, int attempt, Runnable onFailure) {
    step("restart a container of " + id, id, () -> pods.restart(id, containerId, attempt))
        .whenComplete(
            (restarted, failure) -> {
              if (failure != null) {
                log.warn("container not started again yet pod={}", id, failure);
                onFailure.run();
              }
            });
  }

  private CompletionStage<Void> step(String action, PodId id, CriDriver.Step step) {
    return lanes
        .enter(id, isCancelled -> orders.order(action, step))
        .whenComplete((ok, failure) -> done.run());
  }
}
