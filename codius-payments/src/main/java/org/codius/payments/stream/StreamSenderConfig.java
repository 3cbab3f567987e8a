package org.codius.payments.stream;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * How payments are sent.
 *
 * @param slippage how much worse than the rate found at the beginning a packet may be exchanged, as
 *     a part of the amount: 0.01 is 1 %, as in the JavaScript implementation. A packet that fares
 *     worse is rejected by the receiver
 * @param packetsUnderway how many packets with money one payment may have on their way, 1 to 100
 * @param patience a payment fails after this long without a packet that went through
 * @param connections how many payments may be open at a time
 */
public record StreamSenderConfig(
    BigDecimal slippage, int packetsUnderway, Duration patience, int connections) {

  public static final StreamSenderConfig DEFAULT =
      new StreamSenderConfig(new BigDecimal("0.01"), 8, Duration.ofSeconds(60), 1_000);

  private static final int MAXIMUM_UNDERWAY = 100;

  public StreamSenderConfig {
    requireNonNull(patience, "patience");
    if (slippage.signum() < 0 || slippage.compareTo(BigDecimal.ONE) >= 0) {
      throw new IllegalArgumentException("slippage: " + slippage + " (expected: 0 to below 1)");
    }
    if (packetsUnderway < 1 || packetsUnderway > MAXIMUM_UNDERWAY) {
      throw new IllegalArgumentException(
          "packets underway: " + packetsUnderway + " (expected: 1 to " + MAXIMUM_UNDERWAY + ")");
    }
    if (connections < 1) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: at least 1)");
    }
  }

  /** Returns the same with another limit to how much worse the rate may become. */
  public StreamSenderConfig withSlippage(BigDecimal part) {
    return new StreamSenderConfig(part, packetsUnderway, patience, connections);
  }
}
