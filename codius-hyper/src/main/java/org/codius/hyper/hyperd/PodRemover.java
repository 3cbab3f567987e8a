package org.codius.hyper.hyperd;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.jspecify.annotations.Nullable;

/**
 * Removes pods.
 *
 * <p>That a pod is gone is seen in the list, not in the answer to its removal. Safe for use by
 * several threads.
 */
final class PodRemover {

  private static final Duration POLL = Duration.ofMillis(200);

  private final HyperdApi api;
  private final HyperdConnection connection;
  private final HyperdConfig config;

  PodRemover(HyperdApi api, HyperdConnection connection, HyperdConfig config) {
    this.api = api;
    this.connection = connection;
    this.config = config;
  }

  CompletableFuture<Void> remove(PodId id) {
    return settled(id)
        .thenCompose(
            row -> row.isEmpty() ? CompletableFuture.<Void>completedFuture(null) : delete(id));
  }

  /** Ends the pod's processes and its machine. hyperd says of a stopped pod that it stopped it. */
  CompletableFuture<Void> stop(PodId id) {
    return settled(id)
        .thenCompose(
            row ->
                row.isEmpty()
                    ? CompletableFuture.<Void>completedFuture(null)
                    : Stages.compose(
                        api.stop(id),
                        (reply, failure) ->
                            api.row(id).thenCompose(now -> ended(id, now, reply, failure))));
  }

  private static CompletableFuture<Void> ended(
      PodId id, Optional<PodRow> row, @Nullable HyperdReply reply, @Nullable Throwable failure) {
    if (row.isEmpty() || row.get().vm().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.failedFuture(unchanged("stop pod " + id, reply, failure));
  }

  /** Returns why a pod that was to be changed is as it was. */
  private static Throwable unchanged(
      String action, @Nullable HyperdReply reply, @Nullable Throwable failure) {
    if (failure != null) {
      return failure;
    }
    return reply == null || reply.isSuccess()
        ? new PodDriverException(
            Reason.RUNTIME_UNAVAILABLE, action + ": hyperd says it did, but it is still there")
        : reply.failure(Reason.RUNTIME_UNAVAILABLE, action);
  }

  private CompletableFuture<Void> delete(PodId id) {
    return Stages.compose(
        api.delete(id),
        (reply, failure) ->
            api.row(id)
                .thenCompose(
                    row -> {
                      if (row.isEmpty()) {
                        return CompletableFuture.<Void>completedFuture(null);
                      }
                      return CompletableFuture.failedFuture(
                          unchanged("delete pod " + id, reply, failure));
                    }));
  }

  /** Waits until the pod is neither being created nor stopped, and returns what it is then. */
  CompletableFuture<Optional<PodRow>> settled(PodId id) {
    long deadline = System.nanoTime() + config.timeouts().create().toNanos();
    CompletableFuture<Optional<PodRow>> settled = new CompletableFuture<>();
    look(id, connection.loop(), deadline, settled);
    return settled;
  }

  private void look(
      PodId id, EventLoop loop, long deadline, CompletableFuture<Optional<PodRow>> settled) {
    api.row(id)
        .whenComplete(
            (row, failure) -> {
              if (failure != null) {
                settled.completeExceptionally(Stages.bare(failure));
              } else if (row.isEmpty() || !row.get().isChanging()) {
                settled.complete(row);
              } else if (System.nanoTime() - deadline > 0) {
                settled.completeExceptionally(
                    new PodDriverException(
                        Reason.TIMEOUT, "wait for pod " + id + ": it stays " + row.get().state()));
              } else {
                loop.schedule(
                    () -> look(id, loop, deadline, settled),
                    POLL.toMillis(),
                    TimeUnit.MILLISECONDS);
              }
            });
  }
}
