package org.codius.daemon.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 90s}, {@code 1h30m}, {@code 2d}, {@code 1w}, or a number of seconds. */
final class DurationConverter implements ITypeConverter<Duration> {

  private static final Pattern WHOLE = Pattern.compile("([0-9]{1,9}[smhdw])+|[0-9]{1,9}");
  private static final Pattern PART = Pattern.compile("([0-9]+)([smhdw]?)");

  @Override
  public Duration convert(String text) {
    Duration sum = Duration.ZERO;
    if (WHOLE.matcher(text).matches()) {
      Matcher part = PART.matcher(text);
      while (part.find()) {
        sum = sum.plus(unit(part.group(2)).multipliedBy(Long.parseLong(part.group(1))));
      }
    }
    if (sum.isZero()) {
      throw new TypeConversionException(
          "'" + text + "' is no duration (expected: 90s, 30m, 1h, 2d, 1w, 1h30m or seconds)");
    }
    return sum;
  }

  /** Returns {@code duration} as one would type it: {@code 1h30m}. */
  static String format(Duration duration) {
    StringBuilder text = new StringBuilder();
    long seconds = duration.toSeconds();
    for (String unit : new String[] {"w", "d", "h", "m", "s"}) {
      long length = unit(unit).toSeconds();
      if (seconds >= length) {
        text.append(seconds / length).append(unit);
        seconds %= length;
      }
    }
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static Duration unit(String letter) {
    return switch (letter) {
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      case "d" -> Duration.ofDays(1);
      case "w" -> Duration.ofDays(7);
      default -> Duration.ofSeconds(1);
    };
  }
}
