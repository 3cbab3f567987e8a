package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.codius.daemon.lease.PodClass;
import org.codius.hyper.PodSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesTest {

  @Test
  void haveDefaults() {
    assertThat(Sales.from(Given.nothing()))
        .isEqualTo(
            new Sales(
                new BigDecimal(10),
                0,
                0.75,
                Duration.ofSeconds(55),
                Duration.ofDays(365),
                4,
                64,
                Map.of()));
  }

  @Test
  void takeEveryKey() {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("CODIUS_COST_PER_MONTH", "2.5"),
            Map.entry("CODIUS_MACHINE_MIB", "65536"),
            Map.entry("CODIUS_MAX_MEMORY_FRACTION", "0.5"),
            Map.entry("CODIUS_PURCHASE_TIMEOUT", "40"),
            Map.entry("CODIUS_MAX_DURATION", "86400"),
            Map.entry("CODIUS_UNPAID_STARTS", "8"),
            Map.entry("CODIUS_CLASSES", "large=2/2048/4096/30.5"),
            Map.entry("CODIUS_PURCHASES", "16"));

    assertThat(Sales.from(Given.environment(environment)))
        .isEqualTo(
            new Sales(
                new BigDecimal("2.5"),
                65536,
                0.5,
                Duration.ofSeconds(40),
                Duration.ofDays(1),
                8,
                16,
                Map.of(
                    new PodClass("large", new PodSpec.Resources(2, 2048, 1024, 4096)),
                    new BigDecimal("30.5"))));
  }

  @Test
  void takeTheOriginalsOlderNamesOfThePrice() {
    assertThat(Sales.from(Given.environment(Map.of("CODIUS_XRP_PER_MONTH", "7"))).costPerMonth())
        .isEqualByComparingTo("7");
    assertThat(
            Sales.from(
                    Given.environment(Map.of("CODIUS_XRP_PER_MONTH", "7", "COST_PER_MONTH", "8")))
                .costPerMonth())
        .isEqualByComparingTo("8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CODIUS_COST_PER_MONTH | -1 | a number above 0",
        "CODIUS_COST_PER_MONTH | 1e2147483647 | a number above 0",
        "CODIUS_MACHINE_MIB | -1 | a whole number from 0 to 2147483647",
        "CODIUS_MAX_MEMORY_FRACTION | 1.5 | a number above 0, up to 1",
        "CODIUS_PURCHASE_TIMEOUT | 0 | a whole number from 1 to 2147483647",
        "CODIUS_MAX_DURATION | 1d | a whole number from 1 to 2147483647",
        "CODIUS_UNPAID_STARTS | 0 | a whole number from 1 to 1024",
        "CODIUS_CLASSES | large=2 | a list of name=cpus/memory/disk/price, memory and disk in MiB",
        "CODIUS_CLASSES | x=1/8/8/1 | a list of name=cpus/memory/disk/price, memory and disk in MiB",
        "CODIUS_PURCHASES | 1025 | a whole number from 1 to 1024",
      })
  void refuseAValueOfNoUse(String key, String value, String expected) {
    Given.assertRefused(key, value, expected);
  }
}
