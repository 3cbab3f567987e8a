package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets paid time run only while the host is up, by an even clock.
 *
 * <p>What was sold is a span of time. So an outage, a machine that slept and a clock that is set
 * forward or back all move the leases' expiries along; a restart that pods outlast does not. Safe
 * for use by several threads.
 */
final class Uptime {

  private static final Logger log = LoggerFactory.getLogger(Uptime.class);

  /** How far clock and time that passed may be apart: corrections of a clock are smaller. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  /** A restart of the host: its pods run on, and so does their time. */
  private static final Duration RESTART = Duration.ofMinutes(1);

  /** How much an outage may seem longer than it was: time that is given away. */
  private static final Duration BEAT = Duration.ofSeconds(10);

  private final LeaseStore store;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private Instant last;

  @GuardedBy("this")
  private long lastNanos;

  @GuardedBy("this")
  private Instant written;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Uptime(LeaseStore store, InstantSource clock, LongSupplier nanoTime) {
    this.store = store;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.last = clock.instant();
    this.lastNanos = nanoTime.getAsLong();
    this.written = last;
  }

  /**
   * Gives back the time since the host was last up, unless it was only started anew.
   *
   * @return since when pods that are down now may have been, with their time running
   */
  synchronized Instant resume() {
    note(clock.instant());
    Instant seen = store.lastBeat().orElse(last);
    if (!seen.equals(last)) {
      log.info("host was away since={} until={}", seen, last);
    }
    if (Duration.between(seen, last).abs().compareTo(RESTART) < 0) {
      store.beat(last);
      return seen;
    }
    store.creditAll(seen, last);
    return last;
  }

  /** Notes that the host is up. To be called every second. */
  synchronized void beat() {
    Instant expected = last.plusNanos(nanoTime.getAsLong() - lastNanos);
    Instant now = clock.instant();
    if (Duration.between(expected, now).abs().compareTo(TOLERANCE) > 0) {
      log.warn("clock jumped from={} to={}, leases move along", expected, now);
      store.creditAll(expected, now);
      written = now;
    } else if (Duration.between(written, now).compareTo(BEAT) >= 0) {
      store.beat(now);
      written = now;
    }
    note(now);
  }

  /** Notes when the host went down. */
  synchronized void end() {
    store.beat(clock.instant());
  }

  @GuardedBy("this")
  private void note(Instant now) {
    last = now;
    lastNanos = nanoTime.getAsLong();
  }
}
