package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * All threads of the daemon.
 *
 * @param loops never block
 * @param workers answer requests, and may block; each purchase holds one until it is answered
 * @param books write to the ledger. Their own, since purchases wait for what they write
 * @param pods see to pods that nobody waits for, and may block
 * @param timers run what is due, and may block
 */
record Threads(
    EventLoopGroup loops,
    ExecutorService workers,
    ExecutorService books,
    ExecutorService pods,
    ScheduledExecutorService timers)
    implements AutoCloseable {

  /** Workers kept for quick answers while purchases hold the others. */
  private static final int QUICK_WORKERS = 8;

  private static final int QUEUED_REQUESTS = 256;
  private static final int QUEUED_ENTRIES = 4096;
  private static final int POD_WORKERS = 4;
  private static final int QUEUED_PODS = 16_384;
  private static final int TIMERS = 2;
  private static final int GRACE_SECONDS = 5;

  static Threads start(int purchases) {
    ThreadPoolExecutor workers = pool("worker", purchases + QUICK_WORKERS, QUEUED_REQUESTS);
    workers.allowCoreThreadTimeOut(true);
    return new Threads(
        new MultiThreadIoEventLoopGroup(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("loop"),
            NioIoHandler.newFactory()),
        workers,
        pool("books", 1, QUEUED_ENTRIES),
        pool("pods", POD_WORKERS, QUEUED_PODS),
        Executors.newScheduledThreadPool(TIMERS, new DefaultThreadFactory("timer")));
  }

  private static ThreadPoolExecutor pool(String name, int threads, int queued) {
    return new ThreadPoolExecutor(
        threads,
        threads,
        30,
        TimeUnit.SECONDS,
        new ArrayBlockingQueue<>(queued),
        new DefaultThreadFactory(name));
  }

  /**
   * Returns whether each loop, and some timer, does a task within {@code time}. Workers may all be
   * busy with purchases and nothing be wrong.
   */
  boolean areResponsive(Duration time) {
    List<Future<?>> tasks = new ArrayList<>();
    loops.forEach(loop -> tasks.add(loop.submit(() -> {})));
    tasks.add(timers.submit(() -> {}));
    long deadline = System.nanoTime() + time.toNanos();
    try {
      for (Future<?> task : tasks) {
        task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends them all; who is interrupted meanwhile does not wait for the rest. */
  @Override
  public void close() {
    timers.shutdownNow();
    workers.shutdownNow();
    pods.shutdownNow();
    try {
      workers.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      pods.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      timers.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      books.shutdown();
      books.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
      loops.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
