package org.codius.hyper.cri;

import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few threads for calls that block, with a queue that has an end. */
final class Workers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Workers.class);

  private static final int LONGEST_QUEUE = 1024;
  private static final Duration IDLE_THREAD = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final ThreadPoolExecutor executor;

  Workers(String name, int threads) {
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_THREAD.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(LONGEST_QUEUE),
            daemons(name));
    executor.allowCoreThreadTimeOut(true);
  }

  static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Does {@code work} on one of the threads. Whatever it throws comes as a PodDriverException. If
   * what is returned is cancelled, work that was not begun is left out, and the call to the runtime
   * that is under way is broken off.
   */
  <T> CompletionStage<T> submit(String action, CriDriver.Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(new Order(action, () -> result.complete(work.run()), result));
    return result;
  }

  /** As {@link #submit}, for work without a result. */
  CompletionStage<Void> order(String action, CriDriver.Step step) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    CriDriver.Step last =
        () -> {
          step.run();
          result.complete(null);
        };
    execute(new Order(action, last, result));
    return result;
  }

  private void execute(Order order) {
    try {
      executor.execute(order);
    } catch (RejectedExecutionException e) {
      order.refuse(executor.isShutdown() ? "the driver was closed" : "too many orders are waiting");
    }
  }

  static PodDriverException failure(String action, Exception e) {
    if (e instanceof PodDriverException failure) {
      return failure;
    }
    if (e instanceof StatusRuntimeException status) {
      return CriErrors.of(action, Reason.RUNTIME_UNAVAILABLE, status);
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, action + ": the driver was closed", e);
    }
    return new PodDriverException(
        e instanceof IOException ? Reason.START_FAILED : Reason.RUNTIME_UNAVAILABLE,
        action + ": " + e,
        e);
  }

  @Override
  public void close() {
    for (Runnable order : end(executor)) {
      ((Order) order).refuse("the driver was closed");
    }
  }

  /** Interrupts what is being done, waits for its end and returns what was not begun. */
  static List<Runnable> end(ExecutorService executor) {
    List<Runnable> waiting = executor.shutdownNow();
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("a call to the runtime does not end and is left alone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return waiting;
  }

  private record Order(String action, CriDriver.Step step, CompletableFuture<?> result)
      implements Runnable {

    @Override
    public void run() {
      CancellableContext context = Context.current().withCancellation();
      var unused =
          result.whenComplete(
              (value, failure) -> {
                if (result.isCancelled()) {
                  context.cancel(null);
                }
              });
      Context before = context.attach();
      try {
        if (!result.isCancelled()) {
          step.run();
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        result.completeExceptionally(failure(action, e));
      } catch (Error e) {
        result.completeExceptionally(e);
        throw e;
      } finally {
        context.detach(before);
        context.cancel(null);
      }
    }

    void refuse(String reason) {
      result.completeExceptionally(
          new PodDriverException(Reason.RUNTIME_UNAVAILABLE, action + ": " + reason));
    }
  }
}
