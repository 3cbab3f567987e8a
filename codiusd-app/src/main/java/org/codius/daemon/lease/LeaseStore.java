package org.codius.daemon.lease;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;

/**
 * Remembers leases and purchases. Each change is on disk when its call returns.
 *
 * <p>The calls block; do not make them on an event loop. Safe for use by several threads.
 */
public interface LeaseStore extends AutoCloseable {

  Optional<Lease> find(ManifestHash hash);

  List<Lease> all();

  /** Returns how many leases there are, in whatever state: each holds its share of the memory. */
  int count();

  /** Returns the leases whose time is over, or that were marked so before, earliest first. */
  List<Lease> expiredBy(Instant now);

  /** Adds a lease, or replaces the one of the same hash. */
  void put(Lease lease);

  void setState(ManifestHash hash, Lease.State state);

  void delete(ManifestHash hash);

  Optional<Purchase> findPurchase(PayToken token);

  /**
   * Makes the purchase final, in one step: its lease is paid until the purchase's expiry.
   *
   * @throws IllegalStateException if there is no such lease, or the token has bought before
   */
  void commit(Purchase purchase);

  /** Returns the purchases whose money the ledger may not have settled yet. */
  List<Purchase> unsettled();

  void setSettled(PayToken token);

  /** Drops the settled purchases whose time was over at {@code before}. */
  void forgetPurchases(Instant before);

  @Override
  void close();
}
