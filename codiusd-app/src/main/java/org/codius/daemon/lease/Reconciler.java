package org.codius.daemon.lease;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the runtime match the leases: adopts, restarts or removes pods, and ends those whose time
 * is over.
 *
 * <p>The calls block. Safe for use by several threads.
 */
final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /** A restart has no payer waiting, but it must end before the next round. */
  private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(55);

  /** How long a purchase's answer is remembered after its time: no client retries for that long. */
  private static final Duration PURCHASE_MEMORY = Duration.ofDays(30);

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Tenancies tenancies;
  private final InstantSource clock;

  Reconciler(LeaseStore store, PodKeeper pods, Tenancies tenancies, InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.tenancies = tenancies;
    this.clock = clock;
  }

  /** Ends the leases whose time is over. */
  void expire() throws InterruptedException {
    for (ManifestHash hash : store.due(clock.instant())) {
      end(hash);
    }
    for (ManifestHash hash : store.ending()) {
      end(hash);
    }
  }

  /** Ends the lease, if its time is over. */
  void end(ManifestHash hash) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Optional<Lease> lease = store.find(hash);
        if (lease.isEmpty() || lease.get().state() == State.STARTING || isCurrent(lease.get())) {
          return; // extended or removed since
        }
        pods.closeRoute(hash);
        if (tenancy.isShared()) {
          // Somebody is about to pay for more: the pod stays for them, and goes if they do not.
          store.update(lease.get().with(State.STARTING));
          return;
        }
        if (!lease.get().state().isOver()) {
          store.update(lease.get().with(State.EXPIRED));
        }
        if (pods.remove(hash)) {
          store.end(hash, clock.instant());
          log.info("pod ended hash={}", hash.value());
        }
      } finally {
        tenancy.unlock();
      }
    }
  }

  private boolean isCurrent(Lease lease) {
    return lease.isCurrent(clock.instant());
  }

  /** Goes once over all leases and all pods. */
  void reconcile() throws InterruptedException {
    store.forgetPurchases(clock.instant().minus(PURCHASE_MEMORY));
    Map<String, PodStatus> running;
    try {
      running = pods.list();
    } catch (TimeoutException | PodDriverException e) {
      log.warn("list pods failed reason={}", e.toString());
      return;
    }
    Set<String> leased = new HashSet<>();
    List<Lease> leases = store.all();
    for (Lease lease : leases) {
      leased.add(lease.manifestHash().value());
      reconcile(lease.manifestHash());
    }
    for (String name : running.keySet()) {
      if (!leased.contains(name)) {
        ManifestHash.parse(name).ifPresent(this::removeOrphan);
      }
    }
  }

  private void reconcile(ManifestHash hash) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Optional<Lease> lease = store.find(hash);
        if (lease.isEmpty() || tenancy.isShared()) {
          return; // gone, or in the hands of a buyer
        }
        if (isCurrent(lease.get())) {
          keepUp(lease.get());
        } else if (pods.remove(hash)) {
          store.delete(hash);
        }
      } finally {
        tenancy.unlock();
      }
    }
  }

  private void keepUp(Lease lease) throws InterruptedException {
    try {
      Optional<PodStatus> status = pods.status(lease.manifestHash()).filter(PodKeeper::isUp);
      if (status.isEmpty()) {
        pods.remove(lease.manifestHash());
        status = Optional.of(pods.start(lease.request(), Deadline.after(RESTART_TIMEOUT)));
        log.info("pod restarted hash={}", lease.manifestHash().value());
      }
      pods.open(lease.request().manifest(), status.get());
    } catch (RefusedException e) {
      log.warn(
          "pod is down hash={} code={} reason={}",
          lease.manifestHash().value(),
          e.reason(),
          e.getMessage());
    }
  }

  /**
   * A pod of ours that no lease tells of: what a crash left between run and write, or a restore.
   */
  private void removeOrphan(ManifestHash hash) {
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
