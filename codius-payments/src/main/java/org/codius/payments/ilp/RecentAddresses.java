package org.codius.payments.ilp;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.interledger.core.InterledgerAddress;

/**
 * Addresses that were read lately. The library checks one with regular expressions, which takes
 * longer than reading the rest of its packet, and a payment's packets all go to the same.
 *
 * <p>Each has one place it can be in, by its hash; who comes later takes it. Safe for use by
 * several threads.
 */
final class RecentAddresses {

  private static final int PLACES = 1024;

  private static final AtomicReferenceArray<InterledgerAddress> ADDRESSES =
      new AtomicReferenceArray<>(PLACES);

  private RecentAddresses() {}

  /**
   * Returns the address {@code value} is.
   *
   * @throws IllegalArgumentException if it is none
   */
  static InterledgerAddress get(String value) {
    int place = value.hashCode() & (PLACES - 1);
    InterledgerAddress recent = ADDRESSES.get(place);
    if (recent != null && recent.getValue().equals(value)) {
      return recent;
    }
    InterledgerAddress address = InterledgerAddress.of(value);
    ADDRESSES.set(place, address);
    return address;
  }
}
