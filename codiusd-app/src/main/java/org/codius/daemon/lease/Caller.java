package org.codius.daemon.lease;

import java.util.concurrent.CompletionStage;

/**
 * Who asks.
 *
 * @param address where the request comes from, as far as is known; places are given out fairly by
 *     it
 * @param left completes when nobody waits for the answer any more; no money is asked of one who
 *     left
 */
public record Caller(String address, CompletionStage<Void> left) {

  boolean isThere() {
    return !left.toCompletableFuture().isDone();
  }
}
