package org.codius.payments;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;

/** An amount of money: an unsigned 64-bit number of base units, with its asset. */
public record Amount(UnsignedLong baseUnits, Asset asset) {

  public Amount {
    requireNonNull(baseUnits, "baseUnits");
    requireNonNull(asset, "asset");
  }

  public static Amount of(long baseUnits, Asset asset) {
    return new Amount(UnsignedLong.valueOf(baseUnits), asset);
  }

  public static Amount zero(Asset asset) {
    return new Amount(UnsignedLong.ZERO, asset);
  }

  /** Returns the amount in whole units: 1141553 of scale 9 is 0.001141553. */
  public BigDecimal toUnits() {
    return new BigDecimal(baseUnits.bigIntegerValue(), asset.scale());
  }

  @Override
  public String toString() {
    return toUnits().stripTrailingZeros().toPlainString() + " " + asset.code();
  }
}
