package org.codius.daemon.cli;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Tells on stderr what is being done, and every few seconds that it still is. Safe for use by
 * several threads.
 */
final class Progress implements Consumer<String>, AutoCloseable {

  private static final Duration REMINDER = Duration.ofSeconds(5);

  private final PrintWriter err;
  private final ScheduledExecutorService reminders =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });

  @GuardedBy("this")
  private String step = "";

  @GuardedBy("this")
  private long since = System.nanoTime();

  Progress(PrintWriter err) {
    this.err = err;
    var unused =
        reminders.scheduleAtFixedRate(
            this::remind, REMINDER.toSeconds(), REMINDER.toSeconds(), TimeUnit.SECONDS);
  }

  /** Tells the next step. An empty one ends the last. */
  @Override
  public synchronized void accept(String next) {
    step = next;
    since = System.nanoTime();
    if (!next.isEmpty()) {
      err.println("codiusd: " + next);
      err.flush();
    }
  }

  @Override
  public void close() {
    reminders.shutdownNow();
  }

  private synchronized void remind() {
    long seconds = Duration.ofNanos(System.nanoTime() - since).toSeconds();
    if (!step.isEmpty() && seconds >= REMINDER.toSeconds() - 1) {
      err.println("codiusd: still " + step + " (" + seconds + " s)");
      err.flush();
    }
  }
}
