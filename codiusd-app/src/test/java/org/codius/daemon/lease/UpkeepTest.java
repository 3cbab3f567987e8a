package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.codius.payments.Amount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of pods that were paid for. */
class UpkeepTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private Instant now = START;
  private LeaseHarness host;
  private Order order;
  private PodId pod;

  @BeforeEach
  void sell() throws Exception {
    host = new LeaseHarness(folder, () -> now);
    order = LeaseHarness.upload(host.request("web", ""), MINUTE);
    pod = LeaseHarness.id(order);
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
  void d3AHostThatCannotAskForItsPodsForgetsNone() throws Exception {
    host.driver().failCalls(PodDriverException.Reason.RUNTIME_UNAVAILABLE);

    host.leases().reconcile();

    assertThat(lease().isPaid()).isTrue();
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void timeStandsStillWhileAPodIsDownThroughTheHostsFault() throws Exception {
    now = START.plusSeconds(30);
    host.leases().reconcile();
    host.driver().vanish(pod);
    host.driver().failRuns(PodDriverException.Reason.RUNTIME_UNAVAILABLE);
    now = START.plusSeconds(40);
    host.leases().reconcile();
    assertThat(lease().state()).isEqualTo(Lease.State.PAID);
    assertThat(lease().life().failure()).startsWith("RUNTIME_UNAVAILABLE: ");
    now = START.plusSeconds(600);
    host.leases().expire();
    assertThat(lease().isPaid()).as("it is owed half a minute").isTrue();

    host.driver().heal();
    host.leases().reconcile();

    assertThat(lease().state()).isEqualTo(Lease.State.RUNNING);
    assertThat(lease().expiry()).isEqualTo(now.plusSeconds(30));
    assertThat(lease().life().credited()).isEqualTo(Duration.ofSeconds(570));
    assertThat(lease().life().restarts()).isEqualTo(2);
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void aPodWhoseAddressIsGoneIsNotReachedThere() throws Exception {
    host.driver().vanish(pod);
    host.driver().failRuns(PodDriverException.Reason.RUNTIME_UNAVAILABLE);
    host.leases().reconcile();
    host.driver().heal();
    now = START.plusSeconds(2);
    host.leases().reconcile();
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();

    host.driver().vanish(pod);
    host.leases().reconcile(); // and waits for its next try

    assertThat(host.driver().spec(pod)).isEmpty();
    assertThat(host.routes().find(order.manifestHash().value())).isEmpty();
  }

  @Test
  void aPodThatEndedByItselfIsStartedAgainButGivenNoTime() throws Exception {
    host.driver().exit(pod, "app", 1);
    now = START.plusSeconds(10);

    host.leases().reconcile();

    assertThat(host.driver().starts()).isEqualTo(2);
    assertThat(lease().life().restarts()).isEqualTo(1);
    assertThat(lease().expiry()).isEqualTo(START.plus(MINUTE));
  }

  @Test
  void aPodThatUsedTooMuchIsGivenNoTime() throws Exception {
    host.driver().exceed(pod, PodLimit.MEMORY_LIMIT);
    now = START.plusSeconds(10);

    host.leases().reconcile();

    assertThat(host.driver().starts()).isEqualTo(2);
    assertThat(lease().expiry()).isEqualTo(START.plus(MINUTE));
  }

  @Test
  void aPodThatIsDoneIsLeftAlone() throws Exception {
    host.driver().exit(pod, "app", 0);

    host.leases().reconcile();

    assertThat(host.driver().starts()).isEqualTo(1);
    assertThat(lease().isPaid()).isTrue();
  }

  @Test
  void aPodThatEndsAgainAndAgainIsStartedLessAndLessOften() throws Exception {
    for (int i = 0; i < 20; i++) {
      host.driver().exit(pod, "app", 1);
      host.leases().reconcile();
    }

    assertThat(host.driver().starts()).isEqualTo(2);

    now = START.plusSeconds(1);
    host.leases().tick();

    assertThat(host.driver().starts()).isEqualTo(3);
  }

  @Test
  void whatHappensToAPodIsSeenAtOnce() throws Exception {
    host.driver().events().subscribe(host.leases().watch());
    host.driver().exit(pod, "app", 1);

    host.leases().tick();

    assertThat(host.driver().starts()).isEqualTo(2);
  }

  @Test
  void allPodsAreLookedAtWhenTheRuntimeIsBack() throws Exception {
    host.driver().events().subscribe(host.leases().watch());
    host.driver().loseRuntime();
    host.driver().vanish(pod);
    host.leases().tick();
    host.driver().returnRuntime();

    host.leases().tick();

    assertThat(host.driver().hasEgress(pod)).isTrue();
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void aSuspendedPodStaysDownAndKeepsItsLease() throws Exception {
    host.leases().suspend(order.manifestHash(), true);
    host.leases().reconcile();

    assertThat(host.routes().find(order.manifestHash().value())).isEmpty();
    assertThat(host.driver().starts()).isEqualTo(1);
    assertThat(lease().life().isSuspended()).isTrue();

    host.leases().suspend(order.manifestHash(), false);
    host.leases().reconcile();

    assertThat(host.driver().starts()).isEqualTo(2);
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void whatEndedIsEvidenceForADay() throws Exception {
    host.leases().fail(order.manifestHash(), "DISK_LIMIT: it wrote too much");

    Lease ended = host.store().findEnded(order.manifestHash()).get();
    assertThat(ended.state()).isEqualTo(Lease.State.FAILED);
    assertThat(ended.life().failure()).isEqualTo("DISK_LIMIT: it wrote too much");
    assertThat(host.leases().isRoom()).isTrue();

    now = START.plus(Duration.ofHours(25));
    host.leases().reconcile();

    assertThat(host.store().findEnded(order.manifestHash())).isEmpty();
  }

  private Lease lease() {
    return host.store().find(order.manifestHash()).orElseThrow();
  }
}
