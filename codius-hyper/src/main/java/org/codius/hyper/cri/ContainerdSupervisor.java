package org.codius.hyper.cri;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a process again whenever it has ended, with growing pauses while it does not stay up.
 *
 * <p>Safe for use by several threads.
 */
final class ContainerdSupervisor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ContainerdSupervisor.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** A process that was up this long ended for a new reason. */
  private static final Duration STEADY = Duration.ofMinutes(1);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final Starter starter;
  private final ScheduledExecutorService executor;

  @GuardedBy("this")
  private @Nullable ProcessHandle process;

  @GuardedBy("this")
  private Duration pause = FIRST_PAUSE;

  ContainerdSupervisor(String name, Starter starter) {
    this.starter = starter;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "codius-containerd-" + name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Returns a process that is up and ready. */
  interface Starter {
    ProcessHandle start() throws IOException, InterruptedException;
  }

  void start() throws IOException, InterruptedException {
    watch(starter.start());
  }

  synchronized ProcessHandle process() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  /** Stops watching. The process goes on. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("a start of containerd is still under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(ProcessHandle started) {
    long since = System.nanoTime();
    synchronized (this) {
      process = started;
    }
    var unused = started.onExit().thenAccept(ended -> restartLater(ended, since));
  }

  private void restartLater(ProcessHandle ended, long since) {
    Duration wait;
    synchronized (this) {
      if (System.nanoTime() - since > STEADY.toNanos()) {
        pause = FIRST_PAUSE;
      }
      wait = pause;
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
    try {
      var unused = executor.schedule(this::restart, wait.toMillis(), TimeUnit.MILLISECONDS);
      log.warn("containerd ended and is started again pid={} pause={}", ended.pid(), wait);
    } catch (RejectedExecutionException e) {
      log.debug("containerd ended pid={}", ended.pid()); // and we were about to let go of it
    }
  }

  private void restart() {
    long since = System.nanoTime();
    try {
      watch(starter.start());
    } catch (IOException | RuntimeException e) {
      log.warn("containerd could not be started again: {}", e.getMessage());
      restartLater(process(), since);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
