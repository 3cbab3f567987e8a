package org.codius.daemon.lease;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** When patience ends, unmoved by changes of the clock. */
final class Deadline {

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  static Deadline after(Duration patience) {
    return new Deadline(System.nanoTime() + patience.toNanos());
  }

  /** Returns the earlier of this and {@code patience} from now. */
  Deadline within(Duration patience) {
    long other = System.nanoTime() + patience.toNanos();
    return other - nanos < 0 ? new Deadline(other) : this;
  }

  /** Returns what is left, zero when it has passed. */
  Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  boolean hasPassed() {
    return remaining().isZero();
  }

  /**
   * Waits for {@code stage}, whose own exception is thrown as it is if it is unchecked.
   *
   * @throws TimeoutException if the deadline came first; {@code stage} goes on
   */
  <T> T await(CompletionStage<T> stage) throws TimeoutException, InterruptedException {
    try {
      return stage.toCompletableFuture().get(remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e.getCause());
    }
  }
}
