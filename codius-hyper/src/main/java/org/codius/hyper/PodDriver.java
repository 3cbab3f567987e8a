package org.codius.hyper;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Runs pods.
 *
 * <p>Every call is asynchronous, bounded by a timeout and idempotent: running a pod that runs, or
 * removing one that is gone, succeeds. A call that fails does so with a {@link PodDriverException}.
 * A driver sees only the pods of its own instance (see {@link PodId}); it neither lists nor touches
 * any other.
 *
 * <p>Safe for use by several threads.
 */
public interface PodDriver extends AutoCloseable {

  /** Returns what runs the pods here. */
  CompletionStage<RuntimeInfo> runtime();

  /**
   * Makes {@code image} available for {@link #run}.
   *
   * @param image a name as in a manifest, {@code name[:tag]@sha256:…}; without a registry host it
   *     is Docker Hub's
   */
  CompletionStage<Void> pull(String image);

  /**
   * Creates the pod and starts all its containers. A pod that already runs is left alone.
   *
   * <p>Its images must have been pulled. It comes up without egress; see {@link #openEgress}. A pod
   * that cannot be started whole is taken down again before the failure is reported.
   */
  CompletionStage<PodStatus> run(PodSpec spec);

  /** Lets a running pod open connections to public addresses. It never reaches private ones. */
  CompletionStage<Void> openEgress(PodId id);

  /** Returns how the pod is doing, or empty if the runtime has none of that id. */
  CompletionStage<Optional<PodStatus>> status(PodId id);

  /** Returns every pod of this instance, in whatever state. */
  CompletionStage<List<PodStatus>> list();

  /** Stops the pod and removes all that was made for it. Completes when nothing is left. */
  CompletionStage<Void> remove(PodId id);

  /**
   * Returns the pod's output, which is read only as fast as the subscriber asks for it.
   *
   * @param follow whether to go on with new lines after those there are, until the pod ends or the
   *     subscription is cancelled
   */
  Flow.Publisher<LogLine> logs(PodId id, boolean follow);

  /** Lets go of the runtime. Pods go on running. */
  @Override
  void close();
}
