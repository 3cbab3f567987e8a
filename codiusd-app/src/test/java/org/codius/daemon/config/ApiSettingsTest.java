package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.codius.proxy.Subnet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiSettingsTest {

  @Test
  void trustsNobodyAndTellsPricesForNothingByDefault() {
    assertThat(ApiSettings.from(Given.nothing()))
        .isEqualTo(new ApiSettings(List.of(), 1200, false, true, Duration.ofHours(24)));
  }

  @Test
  void takesEveryKey() {
    assertThat(
            ApiSettings.from(
                Given.environment(
                    Map.of(
                        "CODIUS_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8",
                        "CODIUS_REQUESTS_PER_MINUTE", "60",
                        "CODIUS_QUOTES", "paid",
                        "CODIUS_ADDITIONAL_HOST_INFO", "false",
                        "CODIUS_EVIDENCE", "0"))))
        .isEqualTo(
            new ApiSettings(
                List.of(Subnet.parse("127.0.0.1"), Subnet.parse("10.0.0.0/8")),
                60,
                true,
                false,
                Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_TRUSTED_PROXIES | proxy.example.com | a list of IP addresses or a.b.c.d/n",
        "CODIUS_REQUESTS_PER_MINUTE | -1 | a whole number from 0 to 1000000",
        "CODIUS_QUOTES | cheap | free or paid",
        "CODIUS_ADDITIONAL_HOST_INFO | 1 | true or false",
        "CODIUS_EVIDENCE | 1d | a whole number from 0 to 8760",
      })
  void refusesAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
