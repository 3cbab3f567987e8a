package org.codius.daemon.lease;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what takes a while to pods that nobody waits for, several at a time, once for each.
 *
 * <p>What fails, or finds no room, is asked for again by the next round. Safe for use by several
 * threads.
 */
final class PodWorkers {

  private static final Logger log = LoggerFactory.getLogger(PodWorkers.class);

  private final Executor workers;
  private final Set<ManifestHash> underWay = ConcurrentHashMap.newKeySet();

  /** What is to be done to a pod. */
  interface Job {
    void run(ManifestHash hash) throws InterruptedException;
  }

  /**
   * @param workers may reject what they have no room for
   */
  PodWorkers(Executor workers) {
    this.workers = workers;
  }

  /** Does it soon, unless something is being done to the pod. */
  void submit(ManifestHash hash, Job job) {
    if (!underWay.add(hash)) {
      return;
    }
    try {
      workers.execute(() -> run(hash, job));
    } catch (RejectedExecutionException e) {
      underWay.remove(hash);
      log.debug("no room for pod hash={}", hash.value());
    }
  }

  private void run(ManifestHash hash, Job job) {
    try {
      job.run(hash);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("pod not seen to hash={}", hash.value(), e);
    } finally {
      underWay.remove(hash);
    }
  }
}
