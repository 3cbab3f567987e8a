package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The {@code Date} of an answer that has none (RFC 9110 §6.6.1), written once for each second.
 *
 * <p>Safe for use by several threads.
 */
final class DateField {

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static volatile DateField latest = new DateField(0);

  private final long second;
  private final String value;

  private final byte[] line;

  private DateField(long second) {
    this.second = second;
    this.value = FORM.format(Instant.ofEpochSecond(second));
    this.line = ("Date: " + value + "\r\n").getBytes(US_ASCII);
  }

  /** Returns the field as it is now. */
  static DateField now() {
    long second = System.currentTimeMillis() / 1000;
    DateField field = latest;
    if (field.second != second) {
      field = new DateField(second);
      latest = field;
    }
    return field;
  }

  String value() {
    return value;
  }

  /** The whole line, with its end. Not to be changed. */
  byte[] line() {
    return line;
  }
}
