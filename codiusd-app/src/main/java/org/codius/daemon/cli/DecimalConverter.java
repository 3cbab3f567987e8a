package org.codius.daemon.cli;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads amounts of money, as people write them: {@code 10}, {@code 0.02}. */
final class DecimalConverter implements ITypeConverter<BigDecimal> {

  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,20}(\\.[0-9]{1,20})?");

  @Override
  public BigDecimal convert(String text) {
    if (!AMOUNT.matcher(text).matches()) {
      throw new TypeConversionException(
          "'" + text + "' is no amount (expected: a number like 10 or 0.02)");
    }
    return new BigDecimal(text);
  }
}
