package org.codius.proxy;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One deadline that moves often and is rarely met. Moving it to later costs no timer.
 *
 * <p>Confined to the event loop.
 */
final class Watchdog {

  private final EventExecutor executor;
  private final Ticker ticker;
  private final Runnable bark;
  private boolean armed;
  private long deadline;
  private @Nullable Future<?> timer;
  private long timerDeadline;

  /** A watchdog that runs {@code bark} when its time has come, and then waits to be set again. */
  Watchdog(EventExecutor executor, Runnable bark) {
    this.executor = executor;
    this.ticker =
        executor instanceof AbstractScheduledEventExecutor scheduled
            ? scheduled.ticker()
            : Ticker.systemTicker();
    this.bark = bark;
  }

  /** Barks after {@code patience} from now, whatever was set before. */
  void set(Duration patience) {
    armed = true;
    deadline = ticker.nanoTime() + patience.toNanos();
    if (timer == null) {
      schedule();
    } else if (timerDeadline - deadline > 0) {
      timer.cancel(false);
      schedule();
    }
  }

  /** Does not bark until set again. */
  void clear() {
    armed = false;
  }

  /** Lets go of the timer. */
  void close() {
    armed = false;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void schedule() {
    timerDeadline = deadline;
    timer = executor.schedule(this::check, deadline - ticker.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void check() {
    timer = null;
    if (!armed) {
      return;
    }
    if (deadline - ticker.nanoTime() > 0) {
      schedule();
      return;
    }
    armed = false;
    bark.run();
  }
}
