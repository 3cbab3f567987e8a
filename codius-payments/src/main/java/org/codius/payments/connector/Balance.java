package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What we owe an account; negative if it owes us.
 *
 * <p>Money that is on its way is taken off at once and given back if it does not arrive, so that
 * packets under way at the same time cannot spend it twice. Only what arrived is in the books. Safe
 * for use by several threads.
 */
final class Balance {

  private final Optional<BigInteger> minimum;

  @GuardedBy("this")
  private BigInteger available;

  /**
   * Starts at what the books say.
   *
   * @param minimum how far it may go down; empty for as far as it likes
   */
  Balance(BigInteger start, Optional<Long> minimum) {
    this.available = start;
    this.minimum = minimum.map(BigInteger::valueOf);
  }

  /** Takes {@code amount} off and returns true, or does nothing if that were too much. */
  synchronized boolean hold(UnsignedLong amount) {
    BigInteger rest = available.subtract(amount.bigIntegerValue());
    if (minimum.isPresent() && rest.compareTo(minimum.get()) < 0) {
      return false;
    }
    available = rest;
    return true;
  }

  /** Adds {@code amount}: it has arrived, or what was held for it has come back. */
  synchronized void add(UnsignedLong amount) {
    available = available.add(amount.bigIntegerValue());
  }

  /** Returns what is owed and not on its way to somebody else. */
  synchronized BigInteger available() {
    return available;
  }
}
