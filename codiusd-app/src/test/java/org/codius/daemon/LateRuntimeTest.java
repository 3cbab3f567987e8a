package org.codius.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.testing.FakePodDriver;
import org.codius.manifest.ManifestHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LateRuntimeTest {

  private static final Order ORDER =
      new Order.Extension(new ManifestHash("a".repeat(52)), Duration.ofHours(1));

  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final LateRuntime runtime = new LateRuntime(Duration.ofMillis(1));
  private final FakePodDriver driver = new FakePodDriver("test");

  @AfterEach
  void end() {
    timers.shutdownNow();
    runtime.close();
  }

  @Test
  void sellsNothingBeforeItIsOpenAndItsPodsAreTakenUp() throws Exception {
    assertRefused(RefusedException.Reason.HOST_STARTING);
    assertThatThrownBy(() -> runtime.driver().list().toCompletableFuture().join())
        .hasCauseInstanceOf(PodDriverException.class);

    runtime.open(
        this::works,
        () -> {
          assertThat(runtime.driver().list()).isCompleted();
          assertRefused(RefusedException.Reason.HOST_STARTING);
        },
        timers);

    assertThat(runtime.isOpen()).isTrue();
    assertThat(runtime.info().name())
        .isEqualTo(runtime.driver().runtime().toCompletableFuture().join().name());
    runtime.check(ORDER);
  }

  @Test
  void triesAFirewallAgainUntilItCanBeApplied() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch isTakenUp = new CountDownLatch(1);
    CountDownLatch isSeen = new CountDownLatch(1);

    runtime.open(
        () -> {
          int number = tries.incrementAndGet();
          if (number == 2) {
            Uninterruptibles.awaitUninterruptibly(isSeen);
          }
          if (number < 4) {
            throw failure(Reason.FIREWALL_FAILED);
          }
          return works();
        },
        isTakenUp::countDown,
        timers);
    assertRefused(RefusedException.Reason.FIREWALL_FAILED);
    isSeen.countDown();

    assertThat(isTakenUp.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(tries).hasValue(4);
  }

  @Test
  void takesUpPodsAgainWhenThatFailsUnforeseen() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger tries = new AtomicInteger();
    CountDownLatch isTakenUp = new CountDownLatch(1);

    runtime.open(
        () -> {
          if (opened.incrementAndGet() == 1) {
            throw failure(Reason.FIREWALL_FAILED);
          }
          return works();
        },
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new IllegalStateException("the disk is full");
          }
          isTakenUp.countDown();
        },
        timers);

    assertThat(isTakenUp.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(opened).as("opened once after it failed").hasValue(2);
  }

  @Test
  void endsTheStartForAllElse() {
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(
            () ->
                runtime.open(
                    () -> {
                      throw failure(Reason.RUNTIME_UNAVAILABLE);
                    },
                    () -> {},
                    timers));
  }

  @Test
  void letsGoOfWhatOpensAfterItWasClosed() {
    runtime.close();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> runtime.open(this::works, () -> {}, timers));

    assertThat(runtime.isOpen()).isFalse();
  }

  private OpenRuntime works() {
    return new OpenRuntime(driver, null);
  }

  private void assertRefused(RefusedException.Reason reason) {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> runtime.check(ORDER))
        .satisfies(refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  private static StartException failure(Reason reason) {
    return new StartException("start: no", "", new PodDriverException(reason, "start: no"));
  }
}
