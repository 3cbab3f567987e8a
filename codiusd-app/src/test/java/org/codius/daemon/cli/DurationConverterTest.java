package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class DurationConverterTest {

  private final DurationConverter converter = new DurationConverter();

  @ParameterizedTest
  @CsvSource({"90s,90", "30m,1800", "1h30m,5400", "2d,172800", "1w,604800", "45,45"})
  void readsWhatPeopleType(String text, long seconds) {
    assertThat(converter.convert(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1h", "1.5h", "1 h", "h", "1y", "12345678901"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> converter.convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(
            "'" + text + "' is no duration (expected: 90s, 30m, 1h, 2d, 1w, 1h30m or seconds)");
  }

  @Test
  void writesWhatItReads() {
    assertThat(DurationConverter.format(Duration.ofSeconds(788_645))).isEqualTo("1w2d3h4m5s");
    assertThat(DurationConverter.format(Duration.ofHours(1))).isEqualTo("1h");
  }
}
