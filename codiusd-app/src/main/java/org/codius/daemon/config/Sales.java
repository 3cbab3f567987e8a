package org.codius.daemon.config;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * What is sold, at what price and how much at a time.
 *
 * @param costPerMonth whole units of the asset for a pod and 2,628,000 s
 * @param memoryFraction how much of the machine's memory pods may reserve together
 * @param purchaseTimeout from a paid request to its answer
 * @param maximumDuration the most that is sold at once
 * @param unpaidStarts pods that may be starting at a time before they are paid for
 * @param purchases that may be under way at a time
 */
public record Sales(
    BigDecimal costPerMonth,
    double memoryFraction,
    Duration purchaseTimeout,
    Duration maximumDuration,
    int unpaidStarts,
    int purchases) {

  static Sales from(Settings settings) {
    return new Sales(
        settings.decimal(
            "CODIUS_COST_PER_MONTH", BigDecimal.TEN, "COST_PER_MONTH", "CODIUS_XRP_PER_MONTH"),
        settings.fraction("CODIUS_MAX_MEMORY_FRACTION", 0.75),
        settings.seconds("CODIUS_PURCHASE_TIMEOUT", Duration.ofSeconds(55)),
        settings.seconds("CODIUS_MAX_DURATION", Duration.ofDays(365)),
        settings.integer("CODIUS_UNPAID_STARTS", 4, 1, 1024),
        settings.integer("CODIUS_PURCHASES", 64, 1, 1024));
  }
}
