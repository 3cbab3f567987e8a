package org.codius.daemon.lease;

import java.time.InstantSource;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.PodKeeper.Started;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the pods of leases from one state to the next: up, up again, and away.
 *
 * <p>What is to happen is on disk before it does. Callers hold the pod's tenancy. The calls block.
 */
final class Revival {

  private static final Logger log = LoggerFactory.getLogger(Revival.class);

  private final LeaseStore store;
  private final PodKeeper pods;
  private final InstantSource clock;

  Revival(LeaseStore store, PodKeeper pods, InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.clock = clock;
  }

  /**
   * Starts the pod of a paid lease again, and opens it.
   *
   * @throws RefusedException if it does not come up; the lease stays paid, and says why
   */
  Started revive(Lease lease, PodClass podClass, Deadline deadline) throws InterruptedException {
    ManifestHash hash = lease.manifestHash();
    Lease restarting = lease.with(State.PAID).with(lease.life().restarting());
    store.update(restarting);
    try {
      if (!pods.remove(hash)) {
        throw Refusals.noAnswer();
      }
      pods.pullImages(lease.request().manifest(), "", deadline);
      Started started = pods.start(lease.request(), podClass, deadline);
      log.info("pod restarted hash={} restarts={}", hash.value(), restarting.life().restarts());
      open(restarting, started);
      return started;
    } catch (RefusedException e) {
      store.update(restarting.with(restarting.life().failed(e.reason() + ": " + e.getMessage())));
      throw e;
    }
  }

  /** Opens egress and route of a paid pod that is up. */
  void open(Lease lease, Started started) throws InterruptedException {
    store.setUp(lease.manifestHash(), clock.instant(), started.isListening());
    pods.open(lease.request().manifest(), started.status());
  }

  /** Opens a paid pod that ran on while nobody looked after it. */
  void adopt(Lease lease, PodStatus status) throws InterruptedException {
    if (lease.state() == State.RUNNING && lease.life().downSince().isEmpty()) {
      pods.open(lease.request().manifest(), status);
    } else {
      open(lease, new Started(status, lease.life().isListening()));
    }
  }

  /**
   * Removes the pod of a lease that is over.
   *
   * @return whether nothing is left of it; if not, it is to be tried again
   */
  boolean end(Lease lease) throws InterruptedException {
    ManifestHash hash = lease.manifestHash();
    if (!pods.remove(hash)) {
      return false;
    }
    if (lease.life().started().isPresent()) {
      store.end(hash, clock.instant());
      log.info("pod ended hash={} state={}", hash.value(), lease.state());
    } else {
      store.delete(hash);
    }
    return true;
  }
}
