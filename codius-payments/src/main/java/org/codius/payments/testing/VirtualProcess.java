package org.codius.payments.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Worker and timer of something that runs in {@link VirtualTime} and can be killed.
 *
 * <p>Confined to the thread that lets the time pass.
 */
public final class VirtualProcess extends AbstractExecutorService
    implements ScheduledExecutorService {

  private final VirtualTime time;
  private boolean isKilled;

  VirtualProcess(VirtualTime time) {
    this.time = time;
  }

  /** Ends it, as {@code kill -9} does: nothing it would have done later happens. */
  public void kill() {
    isKilled = true;
  }

  public boolean isAlive() {
    return !isKilled;
  }

  @Override
  public void execute(Runnable command) {
    time.after(Duration.ZERO, () -> run(command));
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Task<Void> task = new Task<>(command, Duration.ZERO);
    task.start(Duration.ofNanos(unit.toNanos(delay)));
    return task;
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    Task<V> task = new Task<>(callable);
    task.start(Duration.ofNanos(unit.toNanos(delay)));
    return task;
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    Task<Void> task = new Task<>(command, Duration.ofNanos(unit.toNanos(period)));
    task.start(Duration.ofNanos(unit.toNanos(initialDelay)));
    return task;
  }

  /** Does the same as {@link #scheduleAtFixedRate}: a step takes no time here. */
  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return scheduleAtFixedRate(command, initialDelay, delay, unit);
  }

  @Override
  public void shutdown() {
    isKilled = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    isKilled = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return isKilled;
  }

  @Override
  public boolean isTerminated() {
    return isKilled;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isKilled;
  }

  private void run(Runnable step) {
    if (!isKilled) {
      step.run();
    }
  }

  /** A step due at some moment, and perhaps again and again. */
  private final class Task<V> extends FutureTask<V> implements ScheduledFuture<V> {

    private final Duration period;
    private Instant due = VirtualTime.START;

    private Task(Callable<V> callable) {
      super(callable);
      period = Duration.ZERO;
    }

    @SuppressWarnings("NullAway") // a task without a result has null for one
    private Task(Runnable command, Duration period) {
      super(command, null);
      this.period = period;
    }

    private void start(Duration delay) {
      due = time.instant().plus(delay);
      time.after(delay, () -> VirtualProcess.this.run(this::fire));
    }

    private void fire() {
      if (period.isZero()) {
        run();
      } else if (runAndReset()) {
        start(period);
      }
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(Duration.between(time.instant(), due));
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
