package org.codius.daemon.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Waits for what another program does, by looking again and again until a deadline. */
final class Eventually {

  private static final Duration INTERVAL = Duration.ofMillis(50);

  private Eventually() {}

  /**
   * Returns what {@code look} finds, as soon as it finds it.
   *
   * @throws AssertionError after {@code timeout}, naming {@code what}
   */
  static <T> T find(String what, Duration timeout, Callable<Optional<T>> look) throws Exception {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<T> found = look.call();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadline >= 0) {
        throw new AssertionError(what + ": not within " + timeout.toSeconds() + " s");
      }
      pause();
    }
  }

  /** Returns once {@code assertion} holds; after {@code timeout}, fails as it did last. */
  static void holds(Duration timeout, ThrowingCallable assertion) throws Throwable {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        assertion.call();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline >= 0) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() throws InterruptedException {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(INTERVAL.toMillis()));
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
