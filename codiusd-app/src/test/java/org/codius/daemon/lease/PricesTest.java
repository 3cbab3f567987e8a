package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.codius.daemon.store.HostDatabase;
import org.codius.hyper.PodSpec;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PricesTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final Duration MONTH = Duration.ofHours(730);
  private static final PodClass LARGE =
      new PodClass("large", new PodSpec.Resources(2, 2048, 1024, 4096));

  @TempDir Path folder;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private HostDatabase database;
  private Prices prices;

  @BeforeEach
  void open() throws Exception {
    database = HostDatabase.open(folder.resolve("host.db"));
    prices = prices();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void haveOneForEachClass() {
    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(10));
    assertThat(month(LARGE)).isEqualTo(xrp(30));
  }

  @Test
  void chargeTheLowestThatWasInForceDuringTheLastMinute() {
    prices.change("small", new BigDecimal(20));

    now = now.plusSeconds(59);
    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(10));

    now = now.plusSeconds(1);
    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(20));
    assertThat(prices.perMonth(PodClass.SMALL)).isEqualByComparingTo("20");

    prices.change("small", new BigDecimal(5));
    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(5));
  }

  @Test
  void keepAChangeOverARestartAndWhatItWasBefore() {
    prices.change("small", new BigDecimal(20));

    prices = prices();

    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(10));
    now = now.plusSeconds(60);
    assertThat(month(PodClass.SMALL)).isEqualTo(xrp(20));
    assertThat(month(LARGE)).isEqualTo(xrp(30));
  }

  @Test
  void areMoreThanNothingAndNotMoreThanCanBePaidAndOfAClassThatIsSold() {
    assertThatThrownBy(() -> prices.change("small", BigDecimal.ZERO))
        .hasMessage("cost per month: 0 (expected: more than 0)");
    assertThatThrownBy(() -> prices.change("small", new BigDecimal("1e12")))
        .hasMessageEndingWith("base units (expected: less than 2^64)");
    assertThatThrownBy(() -> prices.change("huge", BigDecimal.ONE))
        .hasMessageStartingWith("class: \"huge\" (expected: one of");
  }

  private Amount month(PodClass podClass) {
    return prices.price(podClass, MONTH);
  }

  private static Amount xrp(long whole) {
    return Amount.of(whole * 1_000_000_000, XRP);
  }

  private Prices prices() {
    return new Prices(
        Map.of(PodClass.SMALL, BigDecimal.TEN, LARGE, new BigDecimal(30)),
        XRP,
        Duration.ofDays(365),
        database.settings(),
        () -> now);
  }
}
