package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the runtime match the leases: adopts, restarts or removes pods.
 *
 * <p>The calls block. Safe for use by several threads.
 */
final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /** A restart has no payer waiting, but it must not hold up the others for long. */
  private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(55);

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Revival revival;
  private final Prices prices;
  private final Tenancies tenancies;
  private final PodWorkers workers;
  private final InstantSource clock;
  private final Backoff backoff = new Backoff();

  private volatile boolean isLookDue;

  /** When the pods were last looked at: what is down now was not before. */
  private volatile Instant lastLook;

  Reconciler(
      LeaseStore store,
      PodKeeper pods,
      Revival revival,
      Prices prices,
      Tenancies tenancies,
      PodWorkers workers,
      InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.revival = revival;
    this.prices = prices;
    this.tenancies = tenancies;
    this.workers = workers;
    this.clock = clock;
    this.lastLook = clock.instant();
  }

  /** Asks for a pod to be looked at soon. */
  void wake(ManifestHash hash) {
    backoff.wake(hash, clock.instant());
  }

  /** Asks for all pods to be looked at soon. */
  void lookAtAllSoon() {
    isLookDue = true;
  }

  /** Looks at the pods that somebody asked for, or whose next start is due. */
  void lookAtWoken() throws InterruptedException {
    if (isLookDue) {
      isLookDue = false;
      reconcile();
    }
    backoff.due(clock.instant()).forEach(hash -> workers.submit(hash, this::reconcile));
  }

  /** Stops the pod of a paid lease, or has it started again. */
  void suspend(ManifestHash hash, boolean isSuspended) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Lease lease =
            store.find(hash).filter(Lease::isPaid).orElseThrow(() -> Refusals.notFound(hash));
        store.update(lease.with(lease.life().suspended(isSuspended)));
        if (isSuspended) {
          pods.stop(hash);
        }
      } finally {
        tenancy.unlock();
      }
    }
    wake(hash);
  }

  /**
   * Goes over all that the last run left.
   *
   * @param since since when pods that are down now may have been
   */
  void resume(Instant since) throws InterruptedException {
    lastLook = since;
    reconcile();
  }

  /** Goes once over all leases and all pods. */
  void reconcile() throws InterruptedException {
    Instant began = clock.instant();
    Map<String, PodStatus> running;
    try {
      running = pods.list();
    } catch (TimeoutException | PodDriverException e) {
      log.warn("list pods failed reason={}", e.toString());
      return;
    }
    Set<String> leased = new HashSet<>();
    for (ManifestHash hash : store.hashes()) {
      leased.add(hash.value());
      PodStatus status = running.get(hash.value());
      if (status != null && PodKeeper.isUp(status)) {
        reconcile(hash, Optional.of(status));
      } else {
        workers.submit(hash, this::reconcile); // that may take a while
      }
    }
    for (String name : running.keySet()) {
      Optional<ManifestHash> orphan = ManifestHash.parse(name).filter(h -> !leased.contains(name));
      if (orphan.isPresent()) {
        removeOrphan(orphan.get());
      }
    }
    lastLook = began;
  }

  private void reconcile(ManifestHash hash) throws InterruptedException {
    reconcile(hash, Optional.empty());
  }

  /** Goes over one pod that was seen up, or has to be asked for. */
  private void reconcile(ManifestHash hash, Optional<PodStatus> seen) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Optional<Lease> lease = store.find(hash);
        if (lease.isEmpty() || tenancy.isShared()) {
          return; // gone, or in the hands of a buyer
        }
        if (lease.get().isPaid()) {
          keepUp(lease.get(), seen);
        } else if (!lease.get().state().isOver()) {
          Lease over = lease.get().with(Lease.State.FAILED); // its payer went with the last run
          store.update(over);
          revival.end(over);
        } else {
          revival.end(lease.get());
        }
      } catch (RefusedException e) {
        log.warn("pod is down hash={} code={} reason={}", hash.value(), e.reason(), e.getMessage());
      } finally {
        tenancy.unlock();
      }
    }
  }

  private void keepUp(Lease lease, Optional<PodStatus> up) throws InterruptedException {
    ManifestHash hash = lease.manifestHash();
    Instant now = clock.instant();
    if (!lease.isCurrent(now)) {
      return; // it expires any moment
    }
    if (lease.life().isSuspended()) {
      pods.stop(hash);
      return;
    }
    if (up.isPresent()) {
      revival.adopt(lease, up.get());
      return;
    }
    Optional<PodStatus> status = pods.status(hash);
    if (status.filter(PodKeeper::isUp).isPresent()) {
      revival.adopt(lease, status.get());
      return;
    }
    if (status.flatMap(PodStatus::address).isEmpty()) {
      pods.closeRoute(hash); // its address may be another's soon
    }
    if (status.filter(PodKeeper::isDone).isPresent()) {
      return; // it has done what it was to do, and left
    }
    Lease down = lease;
    if (!PodKeeper.hasEndedByItself(status)) {
      // It did not end by itself, so the time until it is back is not the buyer's.
      down = lease.with(Lease.State.PAID).with(lease.life().down(lastLook));
      store.update(down);
    }
    if (!backoff.isAllowed(hash, now)) {
      backoff.failed(hash);
      return;
    }
    backoff.started(hash, now);
    try {
      PodClass podClass = prices.find(lease.podClass()).orElse(PodClass.SMALL);
      revival.revive(down, podClass, Deadline.after(RESTART_TIMEOUT));
    } catch (RefusedException e) {
      backoff.failed(hash);
      throw e;
    }
  }

  /**
   * A pod of ours that no lease tells of: what a crash left between run and write, or a restore.
   */
  private void removeOrphan(ManifestHash hash) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        if (store.find(hash).isEmpty()) {
          log.warn("pod without a lease removed hash={}", hash.value());
          pods.remove(hash);
        }
      } finally {
        tenancy.unlock();
      }
    }
  }
}
