package org.codius.daemon;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.LeaseService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wakes the leases when the next of them expires, and every second. */
final class LeaseClock implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeaseClock.class);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final LeaseService leases;
  private final ScheduledExecutorService timers;
  private volatile boolean isClosed;

  private LeaseClock(LeaseService leases, ScheduledExecutorService timers) {
    this.leases = leases;
    this.timers = timers;
  }

  static LeaseClock start(LeaseService leases, ScheduledExecutorService timers) {
    LeaseClock clock = new LeaseClock(leases, timers);
    clock.tickAfter(Duration.ZERO);
    return clock;
  }

  private void tickAfter(Duration pause) {
    if (isClosed) {
      return;
    }
    try {
      timers.schedule(this::tick, pause.toMillis() + 1, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("going down");
    }
  }

  private void tick() {
    try {
      tickAfter(leases.tick());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // going down
    } catch (RuntimeException e) {
      if (isClosed) {
        log.debug("went down meanwhile", e);
        return;
      }
      log.error("look after leases failed", e);
      tickAfter(AFTER_FAILURE);
    }
  }

  @Override
  public void close() {
    isClosed = true;
    leases.end();
  }
}
