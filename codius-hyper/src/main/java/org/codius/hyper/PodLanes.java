package org.codius.hyper;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.codius.hyper.PodDriverException.Reason;

/**
 * Makes calls that change the same pod wait for each other, and be made in the order they come in.
 * Safe for use by several threads.
 */
public final class PodLanes {

  private final ConcurrentMap<PodId, Lane> lanes = new ConcurrentHashMap<>();
  private final Semaphore room;

  /** Takes {@code limit} calls at a time, waiting ones included. */
  public PodLanes(int limit) {
    this.room = new Semaphore(limit);
  }

  /**
   * Makes {@code call} when those before it are done. It is given what to look at for whether its
   * result is still wanted; the lane is free again only when it is done, wanted or not.
   */
  public <T> CompletableFuture<T> enter(
      PodId id, Function<BooleanSupplier, ? extends CompletionStage<T>> call) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new PodDriverException(
              Reason.RUNTIME_UNAVAILABLE, "change pod " + id + ": too many calls wait already"));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    Lane entered =
        lanes.compute(
            id,
            (same, present) -> {
              Lane lane = present == null ? new Lane() : present;
              lane.waiting.add(() -> make(id, lane, call, result));
              return lane;
            });
    entered.moveOn();
    return result;
  }

  private <T> void make(
      PodId id,
      Lane lane,
      Function<BooleanSupplier, ? extends CompletionStage<T>> call,
      CompletableFuture<T> result) {
    CompletionStage<T> made;
    try {
      made = call.apply(result::isCancelled);
    } catch (RuntimeException e) {
      made = CompletableFuture.failedFuture(e); // else nobody would get in any more
    }
    var unused =
        made.whenComplete(
            (value, failure) -> {
              room.release();
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(failure);
              }
              lane.isTaken = false; // and not before: the next may rely on this one's result
              lanes.computeIfPresent(id, (same, present) -> present.isIdle() ? null : present);
              lane.moveOn();
            });
  }

  private static final class Lane {

    final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    volatile boolean isTaken;
    private final AtomicInteger looks = new AtomicInteger();

    boolean isIdle() {
      return !isTaken && waiting.isEmpty();
    }

    /**
     * Lets the next in, if any waits and the lane is free. A call that is done at once comes back
     * here while the one before it is still letting it in, which then looks again: however many
     * there are, they are not stacked up.
     */
    void moveOn() {
      if (looks.getAndIncrement() != 0) {
        return;
      }
      do {
        Runnable next = isTaken ? null : waiting.poll();
        if (next != null) {
          isTaken = true;
          next.run();
        }
      } while (looks.decrementAndGet() != 0);
    }
  }
}
