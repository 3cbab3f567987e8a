package org.codius.daemon.lease;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.manifest.ManifestHash;

/**
 * Ends leases: those whose time is over, and those that are to end before.
 *
 * <p>All routes close first, and then the pods go, several at a time, since that takes a while.
 * Safe for use by several threads.
 */
final class Expiry {

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Revival revival;
  private final Tenancies tenancies;
  private final PodWorkers workers;
  private final Duration grace;
  private final InstantSource clock;

  /**
   * @param grace how long those have who are paying for more when a lease expires
   */
  Expiry(
      LeaseStore store,
      PodKeeper pods,
      Revival revival,
      Tenancies tenancies,
      PodWorkers workers,
      Duration grace,
      InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.revival = revival;
    this.tenancies = tenancies;
    this.workers = workers;
    this.grace = grace;
    this.clock = clock;
  }

  /** Returns how long until the next lease expires, and at most {@code most}. */
  Duration untilNext(Duration most) {
    return store
        .nextExpiry()
        .map(next -> Duration.between(clock.instant(), next))
        .map(left -> left.isNegative() ? Duration.ZERO : left)
        .filter(left -> left.compareTo(most) < 0)
        .orElse(most);
  }

  /** Ends what is due, and goes on with what could not be removed before. */
  void expire() {
    List<ManifestHash> due = store.due(clock.instant());
    due.forEach(pods::closeRoute);
    due.forEach(hash -> workers.submit(hash, this::expire));
    store.ending().forEach(hash -> workers.submit(hash, this::expire));
  }

  private void expire(ManifestHash hash) throws InterruptedException {
    end(hash, State.EXPIRED, "");
  }

  /**
   * Ends the lease now, if there is one; as {@code EXPIRED} only if its time is over.
   *
   * @param failure why, if it failed
   */
  void end(ManifestHash hash, State state, String failure) throws InterruptedException {
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Optional<Lease> found = store.find(hash);
        if (found.isEmpty()) {
          return;
        }
        Lease lease = found.get();
        if (!lease.state().isOver()) {
          if (state == State.EXPIRED && !isTimeOver(lease)) {
            return; // extended since
          }
          pods.closeRoute(hash);
          if (state == State.EXPIRED && tenancy.isShared()) {
            // Somebody is about to pay for more: the pod stays for them, and goes if they do not.
            tenancy.setExpired(Deadline.after(grace));
            store.update(lease.with(State.STARTING));
            return;
          }
          lease = lease.with(state).with(lease.life().failed(failure));
          store.update(lease);
        }
        revival.end(lease);
      } finally {
        tenancy.unlock();
      }
    }
  }

  private boolean isTimeOver(Lease lease) {
    return lease.isPaid() && !lease.isCurrent(clock.instant());
  }
}
