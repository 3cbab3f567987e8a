package org.codius.hyper.hyperd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What {@link CompletableFuture} lacks. */
final class Stages {

  private Stages() {}

  /** Goes on with the value or else the failure, of which exactly one is not null. */
  static <T, R> CompletableFuture<R> compose(
      CompletableFuture<T> stage,
      BiFunction<@Nullable T, @Nullable Throwable, CompletableFuture<R>> next) {
    return stage
        .handle((value, failure) -> next.apply(value, failure == null ? null : bare(failure)))
        .thenCompose(Function.identity());
  }

  /** Returns the failure without what the stages in between wrapped it in. */
  static Throwable bare(Throwable failure) {
    Throwable bare = failure;
    while (bare instanceof CompletionException && bare.getCause() != null) {
      bare = bare.getCause();
    }
    return bare;
  }

  /** Makes the calls for all {@code items}, so many at a time, and returns their results. */
  static <T, R> CompletableFuture<List<R>> forAll(
      List<T> items, int atATime, Function<T, CompletableFuture<R>> call) {
    List<R> results = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> done = CompletableFuture.completedFuture(null);
    for (int from = 0; from < items.size(); from += atATime) {
      List<T> batch = items.subList(from, Math.min(items.size(), from + atATime));
      done =
          done.thenCompose(
              before -> {
                List<CompletableFuture<R>> calls = batch.stream().map(call).toList();
                return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                    .thenAccept(all -> calls.forEach(one -> results.add(one.join())));
              });
    }
    return done.thenApply(all -> List.copyOf(results));
  }
}
