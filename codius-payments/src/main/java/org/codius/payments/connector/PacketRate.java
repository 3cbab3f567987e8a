package org.codius.payments.connector;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How many packets an account may send: so many a second, and as many at once after a second's
 * rest.
 *
 * <p>Safe for use by several threads.
 */
final class PacketRate {

  private static final double NANOS_PER_SECOND = 1e9;

  private final Optional<Integer> perSecond;
  private final InstantSource clock;

  @GuardedBy("this")
  private double left;

  @GuardedBy("this")
  private Instant counted;

  PacketRate(Optional<Integer> perSecond, InstantSource clock) {
    this.perSecond = perSecond;
    this.clock = clock;
    this.left = perSecond.orElse(0);
    this.counted = clock.instant();
  }

  /** Counts a packet and returns true, or returns false if there were too many. */
  synchronized boolean take() {
    if (perSecond.isEmpty()) {
      return true;
    }
    Instant now = clock.instant();
    double seconds = Math.max(0, Duration.between(counted, now).toNanos() / NANOS_PER_SECOND);
    left = Math.min(perSecond.get(), left + seconds * perSecond.get());
    counted = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
