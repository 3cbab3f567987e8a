package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/** Counts those who are buying, so that a host that goes down can wait for them. */
final class PurchasesUnderWay {

  @GuardedBy("this")
  private int count;

  @GuardedBy("this")
  private boolean isClosed;

  /**
   * Notes that one begins.
   *
   * @throws RefusedException if the host is going down
   */
  synchronized void begin() {
    if (isClosed) {
      throw Refusals.shuttingDown();
    }
    count++;
  }

  synchronized void end() {
    count--;
    notifyAll();
  }

  synchronized int count() {
    return count;
  }

  /** Lets none begin any more, and waits until none is under way, or the deadline has passed. */
  synchronized void close(Deadline deadline) throws InterruptedException {
    isClosed = true;
    while (count > 0 && !deadline.hasPassed()) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, deadline.remaining().toNanos()));
    }
  }
}
