package org.codius.payments;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what tells nobody that it happened. */
public final class Eventually {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private Eventually() {}

  public static void isTrue(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not in " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    }
  }
}
