package org.codius.payments.connector;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.CompletableFuture;

/**
 * Whether the connector closes, and what is still under way then.
 *
 * <p>Safe for use by several threads.
 */
final class Closing {

  private final CompletableFuture<Void> quiet = new CompletableFuture<>();

  @GuardedBy("this")
  private boolean isBegun;

  @GuardedBy("this")
  private int underWay;

  /** Counts a packet and returns true, or returns false if it came too late. */
  synchronized boolean enter() {
    if (!isBegun) {
      underWay++;
    }
    return !isBegun;
  }

  /** Takes back what {@link #enter} counted: the packet is answered. */
  void leave() {
    boolean isLast;
    synchronized (this) {
      underWay--;
      isLast = isBegun && underWay == 0;
    }
    if (isLast) {
      quiet.complete(null);
    }
  }

  /** Begins, and returns whether nobody did before. */
  boolean begin() {
    boolean isQuiet;
    synchronized (this) {
      if (isBegun) {
        return false;
      }
      isBegun = true;
      isQuiet = underWay == 0;
    }
    if (isQuiet) {
      quiet.complete(null);
    }
    return true;
  }

  /** Completes when everything that was under way as it began is answered. */
  CompletableFuture<Void> quiet() {
    return quiet;
  }
}
