package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import org.codius.payments.Asset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The prices are those the original quoted at 10 XRP a month. */
class PricingTest {

  private static final Asset XRP = new Asset("XRP", 9);

  @ParameterizedTest
  @CsvSource({"1, 3806", "60, 228311", "300, 1141553", "1000, 3805176", "3600, 13698631"})
  void quotesTheOriginalsPrices(long seconds, String baseUnits) {
    Pricing pricing = new Pricing(new BigDecimal(10), XRP);

    assertThat(pricing.price(Duration.ofSeconds(seconds)).baseUnits()).hasToString(baseUnits);
  }

  @Test
  void chargesAtLeastOneBaseUnit() {
    Pricing pricing = new Pricing(new BigDecimal("0.000001"), new Asset("USD", 2));

    assertThat(pricing.price(Duration.ofSeconds(1)).baseUnits()).hasToString("1");
  }

  @Test
  void refusesToGiveTimeAway() {
    assertThatThrownBy(() -> new Pricing(BigDecimal.ZERO, XRP))
        .hasMessage("cost per month: 0 (expected: more than 0)");
  }
}
