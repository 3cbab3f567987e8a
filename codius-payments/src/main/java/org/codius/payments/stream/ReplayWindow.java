package org.codius.payments.stream;

import java.util.BitSet;

/**
 * Remembers which sequence numbers a connection has used, so that a packet counts once.
 *
 * <p>It keeps the last {@value #SIZE}; one further back counts as used. Confined to the
 * connection's sequence.
 */
final class ReplayWindow {

  static final int SIZE = 4096;

  private final BitSet seen = new BitSet(SIZE); // of number n at n % SIZE
  private long highest;

  /** Marks {@code sequence}, unsigned, as used, and returns whether it was not before. */
  boolean admit(long sequence) {
    if (Long.compareUnsigned(sequence, highest) > 0) {
      forget(sequence);
      highest = sequence;
    } else if (Long.compareUnsigned(highest - sequence, SIZE) >= 0) {
      return false;
    }
    int index = (int) (sequence & SIZE - 1);
    boolean isNew = !seen.get(index);
    seen.set(index);
    return isNew;
  }

  private void forget(long upTo) {
    if (Long.compareUnsigned(upTo - highest, SIZE) >= 0) {
      seen.clear();
      return;
    }
    for (long skipped = highest + 1; skipped != upTo + 1; skipped++) {
      seen.clear((int) (skipped & SIZE - 1));
    }
  }
}
