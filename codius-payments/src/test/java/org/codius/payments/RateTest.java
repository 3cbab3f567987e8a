package org.codius.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final Rate TEN = rate("10", XRP);

  /** As the original's BigNumber has it: the price it asked was recorded for the first of them. */
  @ParameterizedTest
  @CsvSource({
    "10, 9, 300, 1141553",
    "10, 9, 3600, 13698631",
    "10, 9, 1, 3806",
    "10, 9, 2628000, 10000000000",
    "10, 6, 300, 1142",
    "0.000000001, 9, 1, 1",
    "2628, 0, 1, 1",
    "2628, 0, 1000, 1",
    "2628, 0, 1001, 2",
  })
  void isRoundedUpOnce(String costPerMonth, int scale, long seconds, long price) {
    Asset asset = new Asset("XRP", scale);

    assertThat(rate(costPerMonth, asset).price(Duration.ofSeconds(seconds)))
        .isEqualTo(Amount.of(price, asset));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "abc",
        "NaN",
        "Infinity",
        "-1",
        "0",
        "00",
        "007",
        "+1",
        "1e3",
        "1.5",
        "1,5",
        "0x10",
        " 60",
        "60 ",
        "60s",
        "٦٠",
        "31536001",
        "99999999999999999999",
        "9223372036854775807"
      })
  void whatIsNoDurationHasNoPrice(String text) {
    assertThat(TEN.parse(text)).isEmpty();
  }

  @Test
  void readsWholeSeconds() {
    assertThat(TEN.parse("1")).contains(Duration.ofSeconds(1));
    assertThat(TEN.parse("31536000")).contains(Duration.ofDays(365));
  }

  @Test
  void sellsNothingElse() {
    for (Duration duration :
        new Duration[] {
          Duration.ZERO,
          Duration.ofMinutes(-1),
          Duration.ofMillis(1_500),
          Duration.ofDays(365).plusSeconds(1)
        }) {
      assertThatThrownBy(() -> TEN.price(duration)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> rate("0", XRP)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rate("-1", XRP)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAPriceNobodyCanSend() {
    Rate dear = rate("18446744073709551615", new Asset("XRP", 0));

    assertThatThrownBy(() -> dear.price(Duration.ofSeconds(2_628_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("(expected: less than 2^64)");
    assertThat(dear.price(Duration.ofHours(730)).baseUnits().toString())
        .isEqualTo("18446744073709551615");
  }

  private static Rate rate(String costPerMonth, Asset asset) {
    return new Rate(new BigDecimal(costPerMonth), asset, Duration.ofDays(365));
  }
}
