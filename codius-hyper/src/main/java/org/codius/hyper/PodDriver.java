package org.codius.hyper;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Runs pods.
 *
 * <p>Every call is asynchronous, bounded by a timeout and idempotent: running a pod that runs, or
 * stopping or removing one that is gone, succeeds. A call that fails does so with a {@link
 * PodDriverException}, and a pod of another instance is to it as one that does not exist. Whoever
 * cancels a stage ({@code toCompletableFuture().cancel}) no longer waits; a run that is cancelled
 * leaves nothing behind.
 *
 * <p>A driver finds back to a runtime that was away by itself; until then calls fail with {@link
 * PodDriverException.Reason#RUNTIME_UNAVAILABLE}. {@link #events} tells of both.
 *
 * <p>Safe for use by several threads.
 */
public interface PodDriver extends AutoCloseable {

  /** Returns what runs the pods here, and what it can do. */
  CompletionStage<RuntimeInfo> runtime();

  /**
   * Makes {@code image} available for {@link #run}. What is there already is not fetched again.
   *
   * @param image a name as in a manifest, {@code name[:tag]@sha256:…}; without a registry host it
   *     is Docker Hub's
   * @param limits beyond which the pull ends with {@code IMAGE_TOO_LARGE}
   * @param progress called now and then, on a thread of the driver's; must not block
   */
  CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress);

  /** Pulls within {@link ImageLimits#DEFAULT}, with nobody watching. */
  default CompletionStage<Void> pull(String image) {
    return pull(image, ImageLimits.DEFAULT, progress -> {});
  }

  /**
   * Creates the pod and starts all its containers. A pod that already runs is left alone, one that
   * has ended is made anew.
   *
   * <p>Its images must have been pulled. A pod that cannot be started whole is taken down again
   * before the failure is reported. {@code UNSUPPORTED} if it asks for what the runtime cannot do.
   *
   * @throws IllegalArgumentException if the pod is of another instance
   */
  CompletionStage<PodStatus> run(PodSpec spec);

  /** Lets a running pod open connections to public addresses. It never reaches private ones. */
  CompletionStage<Void> openEgress(PodId id);

  /** Returns how the pod is doing, or empty if the runtime has none of that id. */
  CompletionStage<Optional<PodStatus>> status(PodId id);

  /** Returns every pod of this instance, in whatever state. */
  CompletionStage<List<PodStatus>> list();

  /**
   * Returns the pods of other instances on the same runtime. They may be a forgotten daemon's or a
   * living one's: no call of this driver changes them.
   */
  CompletionStage<List<PodId>> others();

  /** Ends the pod's containers. Its status and logs stay until it is removed or run again. */
  CompletionStage<Void> stop(PodId id);

  /** Stops the pod and removes all that was made for it. Completes when nothing is left. */
  CompletionStage<Void> remove(PodId id);

  /**
   * Returns the pod's output, which is read only as fast as the subscriber asks for it. Ends with
   * {@code NO_SUCH_POD} if there is no such pod. Calls the subscriber on a thread of the driver's
   * that others wait for: one that needs time for a line asks for the next when it is ready.
   */
  Flow.Publisher<LogLine> logs(PodId id, LogQuery query);

  /**
   * Returns what happens to this instance's pods from the subscription on, until the driver is
   * closed. What was missed is said to be ({@link PodEvent.Missed}), not repeated: {@link #list} is
   * the truth.
   */
  Flow.Publisher<PodEvent> events();

  /** Returns what the pod uses. {@code UNSUPPORTED} if the runtime cannot tell. */
  CompletionStage<PodStats> stats(PodId id);

  /**
   * Runs a program in a container that runs, with its environment, to its end.
   *
   * @param timeout after which it is left to itself
   */
  CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout);

  /** Lets go of the runtime. Calls and streams under way fail or end; pods go on running. */
  @Override
  void close();
}
