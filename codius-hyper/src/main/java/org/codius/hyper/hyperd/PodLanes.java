package org.codius.hyper.hyperd;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;

/** Makes calls that change the same pod wait for each other. Safe for use by several threads. */
final class PodLanes {

  private final ConcurrentHashMap<PodId, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();
  private final Semaphore room;

  /** Takes {@code limit} calls at a time, waiting ones included. */
  PodLanes(int limit) {
    this.room = new Semaphore(limit);
  }

  /**
   * Makes {@code call} when those before it are done. It is given what to look at for whether its
   * result is still wanted; the lane is free again only when it is done, wanted or not.
   */
  <T> CompletableFuture<T> enter(PodId id, Function<BooleanSupplier, CompletableFuture<T>> call) {
    if (!room.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new PodDriverException(
              Reason.RUNTIME_UNAVAILABLE, "change pod " + id + ": too many calls wait already"));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<Void> ahead = tails.put(id, done);
    if (ahead == null) {
      go(id, call, result, done);
    } else {
      ahead.thenRun(() -> go(id, call, result, done));
    }
    return result;
  }

  private <T> void go(
      PodId id,
      Function<BooleanSupplier, CompletableFuture<T>> call,
      CompletableFuture<T> result,
      CompletableFuture<Void> done) {
    call.apply(result::isCancelled)
        .whenComplete(
            (value, failure) -> {
              tails.remove(id, done);
              room.release();
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(Stages.bare(failure));
              }
              done.complete(null);
            });
  }
}
