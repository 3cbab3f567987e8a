package org.codius.payments;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What time costs.
 *
 * <p>The original's formula, in exact numbers: {@code ceil(costPerMonth × 10^scale × seconds /
 * 2,628,000)} base units. It is rounded once, up.
 *
 * @param costPerMonth whole units of the asset, more than 0, for a month of 2,628,000 seconds
 * @param maximumDuration the most that is sold at once
 */
public record Rate(BigDecimal costPerMonth, Asset asset, Duration maximumDuration) {

  private static final BigDecimal SECONDS_PER_MONTH = BigDecimal.valueOf(2_628_000);
  private static final BigInteger MOST = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,17}");

  public Rate {
    requireNonNull(asset, "asset");
    if (costPerMonth.signum() <= 0) {
      throw new IllegalArgumentException(
          "cost per month: " + costPerMonth + " (expected: more than 0)");
    }
    if (maximumDuration.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "maximum duration: " + maximumDuration + " (expected: at least 1 s)");
    }
  }

  /**
   * Returns the duration that {@code text} spells in seconds, or empty if that is no positive whole
   * number in plain digits: {@code abc}, {@code 0}, {@code -1}, {@code 1e3}, {@code 1.5}, {@code
   * 007}.
   */
  public static Optional<Duration> seconds(String text) {
    return SECONDS.matcher(text).matches()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
        : Optional.empty();
  }

  /** Returns what {@link #seconds} does, or empty if that is more than is sold at once. */
  public Optional<Duration> parse(String text) {
    return seconds(text).filter(this::isSold);
  }

  /** Returns whether {@code duration} can be bought: whole seconds, at least 1, not too many. */
  public boolean isSold(Duration duration) {
    return duration.toSeconds() >= 1
        && duration.equals(Duration.ofSeconds(duration.toSeconds()))
        && duration.compareTo(maximumDuration) <= 0;
  }

  /**
   * Returns what {@code duration} costs.
   *
   * @throws IllegalArgumentException if that cannot be bought, or costs 2^64 base units or more
   */
  public Amount price(Duration duration) {
    if (!isSold(duration)) {
      throw new IllegalArgumentException(
          "duration: %s (expected: whole seconds, 1 to %d)"
              .formatted(duration, maximumDuration.toSeconds()));
    }
    BigInteger baseUnits =
        costPerMonth
            .scaleByPowerOfTen(asset.scale())
            .multiply(BigDecimal.valueOf(duration.toSeconds()))
            .divide(SECONDS_PER_MONTH, 0, RoundingMode.CEILING)
            .toBigIntegerExact();
    if (baseUnits.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          "price of %s: %d base units (expected: less than 2^64)".formatted(duration, baseUnits));
    }
    return new Amount(UnsignedLong.valueOf(baseUnits), asset);
  }
}
