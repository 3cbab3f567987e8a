package org.codius.hyper.cri;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is looked after while a driver is open, each in its own time. */
final class Upkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  /** So that one that is slow, as counting a million files is, holds up no other. */
  private static final int THREADS = 4;

  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(THREADS, Workers.daemons("codius-cri-upkeep"));

  /** Does {@code task} again and again, so many seconds after it was done. */
  void every(int seconds, Runnable task) {
    Runnable guarded =
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            log.warn("upkeep failed, and goes on", e); // else it would not be done again
          }
        };
    var unused = executor.scheduleWithFixedDelay(guarded, seconds, seconds, TimeUnit.SECONDS);
  }

  /** Does {@code task} once more, now. */
  void now(Runnable task) {
    if (!executor.isShutdown()) {
      executor.execute(task);
    }
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  @Override
  public void close() {
    var unused = Workers.end(executor);
  }
}
