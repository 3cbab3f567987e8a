package org.codius.hyper.cri;

import java.time.Duration;

/** An instant on the monotonic clock by which several steps have to be done together. */
record Deadline(long nanoTime) {

  static Deadline after(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /**
   * Returns how much time is left, at least a little: the step that comes too late fails itself.
   */
  Duration remaining() {
    return Duration.ofNanos(Math.max(nanoTime - System.nanoTime(), 1_000_000));
  }
}
