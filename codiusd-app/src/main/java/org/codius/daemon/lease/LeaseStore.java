package org.codius.daemon.lease;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;

/**
 * Remembers leases and purchases. Each change is on disk when its call returns.
 *
 * <p>A lease that is over and whose pod is gone is moved aside, without its private variables, and
 * is forgotten after a while. Until then it is evidence; it is none of {@link #all}.
 *
 * <p>The calls block; do not make them on an event loop. Safe for use by several threads.
 */
public interface LeaseStore extends AutoCloseable {

  Optional<Lease> find(ManifestHash hash);

  List<Lease> all();

  List<ManifestHash> hashes();

  /** Returns how many leases there are, in whatever state. */
  int count();

  /** Returns how many there are in each state; not of those in which none is. */
  Map<Lease.State, Integer> states();

  /** Returns the memory that all leases hold together, in MiB. */
  long reservedMib();

  /** Returns when the next lease that is paid for expires, if there is one. */
  Optional<Instant> nextExpiry();

  /**
   * Returns the paid leases whose time is over, earliest first; no time passes for one that is
   * down.
   */
  List<ManifestHash> due(Instant now);

  /** Returns the leases that are over and whose pods may still be there. */
  List<ManifestHash> ending();

  /** Adds a lease, or replaces the one of the same hash. */
  void put(Lease lease);

  /** Writes all of the lease but what was uploaded, its expiry and what it was credited. */
  void update(Lease lease);

  /**
   * Notes that the pod of a paid lease is up: it is {@code RUNNING} from now on, and if it was down
   * through the host's fault its expiry moves by the time it was.
   */
  void setUp(ManifestHash hash, Instant now, boolean isListening);

  /** Returns when the host last said that it was up. */
  Optional<Instant> lastBeat();

  /** Notes that the host is up. */
  void beat(Instant now);

  /**
   * Moves the expiry of every lease that is paid for by the time from {@code since} to {@code
   * until}, in which the host sold nothing, or by less if it was sold later; backwards if the clock
   * went back. Leaves those out that are down: their time stands still. Notes in the same step that
   * the host was up at {@code until}.
   */
  void creditAll(Instant since, Instant until);

  /** Drops a lease that nobody ever paid for. */
  void delete(ManifestHash hash);

  /** Moves a lease that is over aside, its pod gone at {@code ended}. */
  void end(ManifestHash hash, Instant ended);

  /** Returns the last lease of that hash that is over, if it is still remembered. */
  Optional<Lease> findEnded(ManifestHash hash);

  Optional<Purchase> findPurchase(PayToken token);

  /** Returns the pod's purchase whose management token has that hash, also if it was given up. */
  Optional<Purchase> findPurchase(ManifestHash hash, String managementHash);

  /** Returns the pod's purchases that are remembered and were not given up, earliest first. */
  List<Purchase> purchases(ManifestHash hash);

  /**
   * Makes the purchase final, in one step: its lease is paid for, for as long from its expiry, or
   * from the purchase's beginning if that is later.
   *
   * @throws IllegalStateException if there is no such lease, or it is over
   * @throws RuntimeException if the token has bought before
   */
  void commit(Purchase purchase);

  /** Makes the rest of a purchase void, and the lease expire at {@code expiry}, in one step. */
  void surrender(Purchase purchase, Instant now, Instant expiry);

  /** Returns the purchases whose money the ledger may not have settled yet. */
  List<Purchase> unsettled();

  void setSettled(PayToken token);

  /** Drops the settled purchases whose time was over at {@code before}. */
  void forgetPurchases(Instant before);

  /** Drops the leases whose pods were gone at {@code before}. */
  void forgetEnded(Instant before);

  @Override
  void close();
}
