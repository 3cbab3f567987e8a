package org.codius.daemon;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a host does again and again, whatever went wrong the last time.
 *
 * @param timers where it is done; a chore may block, and is not done twice at a time
 */
record Chores(ScheduledExecutorService timers) {

  private static final Logger log = LoggerFactory.getLogger(Chores.class);

  /** One round of a chore. */
  interface Step {
    void run() throws InterruptedException;
  }

  /** Does it for the first time after {@code pause}. */
  void every(Duration pause, String what, Step step) {
    schedule(pause, pause, what, step);
  }

  void nowAndEvery(Duration pause, String what, Step step) {
    schedule(Duration.ZERO, pause, what, step);
  }

  private void schedule(Duration first, Duration pause, String what, Step step) {
    timers.scheduleWithFixedDelay(
        () -> run(what, step), first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void run(String what, Step step) {
    try {
      step.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // going down
    } catch (RuntimeException e) {
      log.error("{} failed", what, e);
    }
  }
}
