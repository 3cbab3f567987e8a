package org.codius.payments.ilp;

import com.google.common.base.Strings;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Instants as a Prepare has them: 17 digits, {@code YYYYMMDDHHmmssSSS}, in UTC. */
final class IlpTimestamp {

  static final int LENGTH = 17;

  private static final int NANOS_PER_MILLI = 1_000_000;

  private IlpTimestamp() {}

  static Instant parse(String digits) {
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        throw new OerException("expiry: not a digit (expected: YYYYMMDDHHmmssSSS)");
      }
    }
    try {
      return LocalDateTime.of(
              number(digits, 0, 4),
              number(digits, 4, 6),
              number(digits, 6, 8),
              number(digits, 8, 10),
              number(digits, 10, 12),
              number(digits, 12, 14),
              number(digits, 14, LENGTH) * NANOS_PER_MILLI)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new OerException("expiry: " + digits + " (" + e.getMessage() + ")", e);
    }
  }

  static String format(Instant instant) {
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (time.getYear() < 0 || time.getYear() > 9999) {
      throw new IllegalArgumentException("expiry: " + instant + " (expected: a year of 4 digits)");
    }
    long digits = time.getYear();
    digits = digits * 100 + time.getMonthValue();
    digits = digits * 100 + time.getDayOfMonth();
    digits = digits * 100 + time.getHour();
    digits = digits * 100 + time.getMinute();
    digits = digits * 100 + time.getSecond();
    digits = digits * 1000 + time.getNano() / NANOS_PER_MILLI;
    return Strings.padStart(Long.toString(digits), LENGTH, '0');
  }

  private static int number(String digits, int from, int to) {
    return Integer.parseInt(digits, from, to, 10);
  }
}
