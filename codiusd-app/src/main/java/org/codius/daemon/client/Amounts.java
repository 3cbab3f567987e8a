package org.codius.daemon.client;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.codius.payments.Amount;
import org.codius.payments.Asset;

/** Turns a person's number into base units. */
final class Amounts {

  private Amounts() {}

  /** Returns {@code units} in base units, rounded down, and cut to the most there can be. */
  static Amount ofUnits(BigDecimal units, Asset asset) {
    BigInteger base =
        units.movePointRight(asset.scale()).setScale(0, RoundingMode.DOWN).toBigInteger();
    return new Amount(
        UnsignedLong.valueOf(
            base.max(BigInteger.ZERO).min(UnsignedLong.MAX_VALUE.bigIntegerValue())),
        asset);
  }
}
