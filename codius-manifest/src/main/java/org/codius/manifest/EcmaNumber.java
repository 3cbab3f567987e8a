package org.codius.manifest;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as JavaScript prints them.
 *
 * <p>ECMA-262, {@code Number::toString}: the shortest digits that read back as the same double, of
 * those the closest; positional from 1e-6 up to 1e21, else with an exponent. Java 17's own {@code
 * Double.toString} is not always shortest, so the digits come from Jackson's implementation of
 * Raffaello Giulietti's algorithm. That one never goes below two digits, where one more step is due
 * (5e-324 is 4.9E-324 to it).
 */
final class EcmaNumber {

  private static final double MAX_EXACT_LONG = 1L << 53;
  private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

  private EcmaNumber() {}

  /** Returns the text of a finite {@code value}. */
  static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) <= MAX_EXACT_LONG) {
      return Long.toString((long) value); // also drops the sign of -0
    }
    BigDecimal shortest = new BigDecimal(NumberOutput.toString(value, true)).stripTrailingZeros();
    if (shortest.precision() == 2) {
      BigDecimal shorter = shortest.round(ONE_DIGIT);
      if (shorter.doubleValue() == value) {
        shortest = shorter;
      }
    }
    String digits = shortest.unscaledValue().abs().toString();
    int point = shortest.precision() - shortest.scale(); // value = 0.digits × 10^point
    return (value < 0 ? "-" : "") + layOut(digits, point);
  }

  private static String layOut(String digits, int point) {
    int length = digits.length();
    if (length <= point && point <= 21) {
      return digits + "0".repeat(point - length);
    }
    if (0 < point && point <= 21) {
      return digits.substring(0, point) + '.' + digits.substring(point);
    }
    if (-6 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    String fraction = length == 1 ? "" : '.' + digits.substring(1);
    int exponent = point - 1;
    return digits.charAt(0) + fraction + 'e' + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
