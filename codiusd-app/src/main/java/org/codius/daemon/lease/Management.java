package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What buyers may do with what they bought, by their purchase's {@link ManagementToken}.
 *
 * <p>The calls block. Safe for use by several threads.
 */
public final class Management {

  private static final Logger log = LoggerFactory.getLogger(Management.class);

  private final byte[] key;
  private final LeaseStore store;
  private final PodKeeper pods;
  private final Tenancies tenancies;
  private final Expiry ending;
  private final EvidenceStore evidence;
  private final InstantSource clock;

  Management(
      byte[] key,
      LeaseStore store,
      PodKeeper pods,
      Tenancies tenancies,
      Expiry ending,
      EvidenceStore evidence,
      InstantSource clock) {
    this.key = key.clone();
    this.store = store;
    this.pods = pods;
    this.tenancies = tenancies;
    this.ending = ending;
    this.evidence = evidence;
    this.clock = clock;
  }

  /** Returns the token of the purchase that {@code payToken} buys. */
  public ManagementToken token(PayToken payToken) {
    return ManagementToken.of(key, payToken);
  }

  /**
   * Returns the purchase of {@code hash} that {@code token} is of, also if it was given up.
   *
   * @throws RefusedException if there is none: {@code MANAGEMENT_TOKEN_WRONG}
   */
  public Purchase purchase(ManifestHash hash, ManagementToken token) {
    return store
        .findPurchase(hash, token.hash())
        .orElseThrow(() -> Refusals.wrongManagementToken(hash));
  }

  /**
   * Gives back the rest of a purchase. The pod runs for as long as the latest of the others, and
   * goes when none has time left. Nothing is paid back.
   *
   * @return when the pod's time ends now
   * @throws RefusedException if there is no such pod, or the token is of no purchase of it
   */
  public Instant surrender(ManifestHash hash, ManagementToken token) throws InterruptedException {
    Instant expiry;
    try (Tenancy tenancy = tenancies.join(hash)) {
      tenancy.lock();
      try {
        Lease lease =
            store.find(hash).filter(Lease::isPaid).orElseThrow(() -> Refusals.notFound(hash));
        Purchase purchase = purchase(hash, token);
        expiry = expiryWithout(purchase, lease);
        store.surrender(purchase, clock.instant(), expiry); // once more it changes nothing
        log.info("purchase surrendered hash={} expiry={}", hash.value(), expiry);
        if (!expiry.isAfter(clock.instant())) {
          store.update(lease.with(State.REMOVED));
          pods.closeRoute(hash);
        }
      } finally {
        tenancy.unlock();
      }
    }
    if (!expiry.isAfter(clock.instant())) {
      ending.end(hash, State.REMOVED, "");
    }
    return expiry;
  }

  /** The lease's end moves by as much as the last end of its purchases does. */
  private Instant expiryWithout(Purchase gone, Lease lease) {
    Instant now = clock.instant();
    List<Purchase> all = store.purchases(lease.manifestHash());
    Optional<Instant> rest =
        all.stream()
            .filter(purchase -> !purchase.token().equals(gone.token()))
            .map(Purchase::expiry)
            .max(Comparator.naturalOrder());
    if (rest.isEmpty()) {
      return now;
    }
    Instant last =
        all.stream().map(Purchase::expiry).max(Comparator.naturalOrder()).orElse(rest.get());
    Instant expiry = lease.expiry().minus(Duration.between(rest.get(), last));
    return expiry.isBefore(now) ? now : expiry;
  }

  /**
   * Returns how a pod is, or how it was when it ended.
   *
   * @throws RefusedException if nothing is known of it
   */
  public PodView view(ManifestHash hash) throws InterruptedException {
    Optional<Lease> lease = store.find(hash).filter(Lease::isPaid);
    Optional<PodStatus> status = lease.isPresent() ? statusOf(hash) : Optional.empty();
    Lease known = lease.or(() -> store.findEnded(hash)).orElseThrow(() -> Refusals.notFound(hash));
    Duration left = Duration.between(clock.instant(), known.expiry());
    return new PodView(
        known,
        status,
        evidence.find(hash).filter(kept -> kept.isOf(known)),
        lease.isEmpty() || left.isNegative() ? Duration.ZERO : left);
  }

  private Optional<PodStatus> statusOf(ManifestHash hash) throws InterruptedException {
    try {
      return pods.status(hash);
    } catch (RefusedException e) {
      return Optional.empty(); // the runtime is away: the lease is known all the same
    }
  }
}
