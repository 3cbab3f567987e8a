package org.codius.proxy;

import java.time.Duration;

/** What limits and timeouts are checked for. */
final class Positive {

  private Positive() {}

  static void require(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
    }
  }

  static void require(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
    }
  }
}
