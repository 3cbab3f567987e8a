package org.codius.payments.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Knows when a connection's other end has to be spoken to, and when it counts as gone.
 *
 * <p>Safe for use by several threads.
 */
final class KeepAlive {

  /** After so long without a sign of the other end the connection is dropped. */
  static final Duration IDLE = Duration.ofSeconds(60);

  /** The other end gives up after 60 s without packets; it gets one this often. */
  static final Duration INTERVAL = Duration.ofSeconds(20);

  private final InstantSource clock;
  private volatile Instant lastHeard;
  private volatile Instant lastSaid;

  KeepAlive(InstantSource clock) {
    this.clock = clock;
    lastHeard = clock.instant();
    lastSaid = lastHeard;
  }

  /** Notes a sign of the other end. */
  void heard() {
    lastHeard = clock.instant();
  }

  /** Notes that it was sent something. */
  void said() {
    lastSaid = clock.instant();
  }

  /** Returns whether nothing was heard for {@link #IDLE}. */
  boolean isGone() {
    return lastHeard.plus(IDLE).isBefore(clock.instant());
  }

  /** Returns whether nothing was said for {@code interval}. */
  boolean isSilentFor(Duration interval) {
    return lastSaid.plus(interval).isBefore(clock.instant());
  }

  /** Returns whether nothing was heard for {@code interval}. */
  boolean isUnheardFor(Duration interval) {
    return lastHeard.plus(interval).isBefore(clock.instant());
  }
}
