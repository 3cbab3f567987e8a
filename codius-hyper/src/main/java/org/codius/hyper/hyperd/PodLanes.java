package org.codius.hyper.hyperd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;

/** Makes calls that change the same pod wait for each other. Safe for use by several threads. */
final class PodLanes {

  private final ConcurrentHashMap<PodId, CompletableFuture<?>> tails = new ConcurrentHashMap<>();
  private final Semaphore room;

  /** Takes {@code limit} calls at a time, waiting ones included. */
  PodLanes(int limit) {
    this.room = new Semaphore(limit);
  }

  <T> CompletableFuture<T> enter(PodId id, Supplier<CompletableFuture<T>> call) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new PodDriverException(
              Reason.RUNTIME_UNAVAILABLE, "change pod " + id + ": too many calls wait already"));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<?> ahead = tails.put(id, result);
    if (ahead == null) {
      go(id, call, result);
    } else {
      ahead.whenComplete((value, failure) -> go(id, call, result));
    }
    return result;
  }

  private <T> void go(PodId id, Supplier<CompletableFuture<T>> call, CompletableFuture<T> result) {
    call.get()
        .whenComplete(
            (value, failure) -> {
              tails.remove(id, result);
              room.release();
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(Stages.bare(failure));
              }
            });
  }
}
