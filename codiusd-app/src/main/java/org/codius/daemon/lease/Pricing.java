package org.codius.daemon.lease;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import org.codius.payments.Amount;
import org.codius.payments.Asset;

/**
 * What time on a pod costs.
 *
 * @param costPerMonth whole units of the asset for a month of 2,628,000 seconds, the original's
 */
public record Pricing(BigDecimal costPerMonth, Asset asset) {

  private static final BigDecimal SECONDS_PER_MONTH = BigDecimal.valueOf(2_628_000);

  public Pricing {
    if (costPerMonth.signum() <= 0) {
      throw new IllegalArgumentException(
          "cost per month: " + costPerMonth + " (expected: more than 0)");
    }
  }

  /** Returns the price of {@code duration}, rounded up once to a base unit. */
  public Amount price(Duration duration) {
    BigDecimal baseUnits =
        costPerMonth
            .scaleByPowerOfTen(asset.scale())
            .multiply(BigDecimal.valueOf(duration.toSeconds()))
            .divide(SECONDS_PER_MONTH, 0, RoundingMode.CEILING);
    return new Amount(UnsignedLong.valueOf(baseUnits.toBigIntegerExact()), asset);
  }
}
