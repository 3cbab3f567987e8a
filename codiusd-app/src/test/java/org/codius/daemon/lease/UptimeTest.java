package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.codius.payments.Amount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paid time runs only while the host is up, by an even clock. */
class UptimeTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private Instant now = START;
  private long nanos = 7;
  private LeaseHarness host;
  private Order order;

  @BeforeEach
  void sell() throws Exception {
    host = new LeaseHarness(folder, () -> now);
    order = LeaseHarness.upload(host.request("web", ""), MINUTE);
    host.leases()
        .buy(
            order,
            host.payFor(order, Amount.of(1_000_000_000, LeaseHarness.XRP)),
            LeaseHarness.CALLER);
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  @Test
  void noTimeIsGivenWhileTheClockRunsEvenly() {
    Uptime uptime = uptime();

    pass(Duration.ofSeconds(30));
    uptime.beat();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE));
  }

  @Test
  void aClockThatJumpsForwardTakesNoTimeFromAnybody() {
    Uptime uptime = uptime();

    now = now.plus(Duration.ofDays(300));
    uptime.beat();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE).plus(Duration.ofDays(300)));
  }

  @Test
  void aClockThatJumpsBackGivesNobodyTime() {
    Uptime uptime = uptime();

    now = now.minus(Duration.ofDays(300));
    uptime.beat();
    pass(Duration.ofSeconds(1));
    uptime.beat();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE).minus(Duration.ofDays(300)));
  }

  @Test
  void aMachineThatSleptGivesTheTimeBack() throws Exception {
    Uptime uptime = uptime();

    now = now.plus(Duration.ofHours(8)); // the even clock sleeps along
    uptime.beat();
    host.leases().expire();

    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void anOutageIsGivenBackAtTheNextStart() throws Exception {
    Uptime uptime = uptime();
    uptime.end();

    now = START.plus(Duration.ofHours(2));
    host.restart();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE).plus(Duration.ofHours(2)));
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();

    host.restart();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE).plus(Duration.ofHours(2)));
  }

  @Test
  void aRestartThatThePodOutlastsMovesNoExpiry() throws Exception {
    uptime().end();

    now = START.plus(Duration.ofSeconds(30));
    host.restart();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE));
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void aRestartThatThePodDidNotOutlastIsGivenBack() throws Exception {
    uptime().end();
    host.driver().vanish(LeaseHarness.id(order));

    now = START.plus(Duration.ofSeconds(30));
    host.restart();

    assertThat(expiry()).isEqualTo(START.plus(MINUTE).plus(Duration.ofSeconds(30)));
  }

  private Uptime uptime() {
    Uptime uptime = new Uptime(host.store(), () -> now, () -> nanos);
    uptime.resume();
    return uptime;
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  private Instant expiry() {
    return host.store().find(order.manifestHash()).get().expiry();
  }
}
