package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codius.daemon.lease.LeaseHarness.XRP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.PaymentRequired;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.PodDriverException;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseServiceTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Amount PRICE = Amount.of(228_311, XRP);
  private static final Amount PLENTY = Amount.of(1_000_000_000, XRP);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private final ExecutorService callers = Executors.newFixedThreadPool(4);
  private Instant now = START;
  private LeaseHarness host;

  @BeforeEach
  void open() throws Exception {
    host = new LeaseHarness(folder, () -> now);
  }

  @AfterEach
  void close() throws IOException {
    callers.shutdownNow();
    host.close();
  }

  @Test
  void namesAPlaceToPayAndKeepsNothing() throws Exception {
    PurchaseResult result = host.leases().buy(upload("web"), host.token(), LeaseHarness.CALLER);

    assertThat(result).isInstanceOf(PaymentRequired.class);
    assertThat(host.store().all()).isEmpty();
    assertThat(host.driver().starts()).isZero();
  }

  @Test
  void sellsAPodOnceItIsPaidFor() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);

    Purchase purchase = buy(order, token);

    assertThat(purchase.expiry()).isEqualTo(START.plus(MINUTE));
    assertThat(purchase.price()).isEqualTo(PRICE);
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
    assertThat(host.driver().hasEgress(LeaseHarness.id(order))).isTrue();
    assertThat(host.ledger().summary().earned()).isEqualTo(PRICE);
    assertThat(host.ledger().summary().owed()).isEqualTo(Amount.zero(XRP));
    assertThat(host.ledger().check()).isEmpty();
  }

  @Test
  void keepsAPodThatNobodyPaidForClosed() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, Amount.of(1_000, XRP));

    PurchaseResult result = host.leases().buy(order, token, LeaseHarness.CALLER);

    assertThat(result)
        .isInstanceOfSatisfying(
            Underpaid.class,
            underpaid -> {
              assertThat(underpaid.received()).isEqualTo(Amount.of(1_000, XRP));
              assertThat(underpaid.price()).isEqualTo(PRICE);
            });
    assertThat(host.routes().find(order.manifestHash().value())).isEmpty();
    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
    assertThat(host.store().all()).isEmpty();
    assertThat(host.ledger().owed(token)).isEqualTo(Amount.of(1_000, XRP));
    assertThat(host.payments().find(token)).isEmpty();
  }

  @Test
  void saysWhatArrivedBeyondThePrice() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.payments().arrive(token, order.item(), Amount.of(228_318, XRP));

    PurchaseResult first = host.leases().buy(order, token, LeaseHarness.CALLER);
    PurchaseResult again = host.leases().buy(order, token, LeaseHarness.CALLER);

    assertThat(first)
        .isInstanceOfSatisfying(
            Bought.class, bought -> assertThat(bought.owed()).isEqualTo(Amount.of(7, XRP)));
    assertThat(again).isEqualTo(first);
  }

  @Test
  void countsWhatAnEarlierAttemptBrought() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, Amount.of(200_000, XRP));
    host.leases().buy(order, token, LeaseHarness.CALLER);
    host.payments().open(token, order.item(), PRICE, Amount.of(28_311, XRP));

    buy(order, token);

    assertThat(host.ledger().summary().received()).isEqualTo(PRICE);
    assertThat(host.ledger().owed(token)).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void d1AStartThatFailsCostsNothing() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.driver().failRuns(PodDriverException.Reason.COMMAND_NOT_FOUND);

    RefusedException refused = refused(order, token);

    assertThat(refused.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.ledger().summary().received()).isEqualTo(Amount.zero(XRP));
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void anImageThatIsMissingCostsNothing() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.driver().failPulls(PodDriverException.Reason.IMAGE_NOT_FOUND);

    assertThat(refused(order, token).reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void aTagThatTurnsOutToMeanAnImageThatIsNotAllowedCostsNothing() throws Exception {
    Order order =
        LeaseHarness.upload(
            host.request("web", "").replaceFirst("nginx@sha256:0{64}", "nginx:1.25"), MINUTE);
    PayToken token = host.payFor(order, PLENTY);
    List<String> images = new ArrayList<>();
    host.restrict(
        new AdmissionRule() {
          @Override
          public String name() {
            return "images";
          }

          @Override
          public void check(Order asked) {}

          @Override
          public void checkImage(String image) {
            images.add(image);
            throw new RefusedException(Reason.BANNED, "not here", "elsewhere");
          }
        });

    assertThat(refused(order, token).reason()).isEqualTo(Reason.BANNED);
    assertThat(images).singleElement().asString().matches("nginx:1.25@sha256:[0-9a-f]{64}");
    assertThat(host.payments().asked()).isZero();
    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void takesNoMoneyFromACallerWhoHasLeft() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                host.leases()
                    .buy(
                        order,
                        token,
                        new Caller("192.0.2.1", CompletableFuture.completedFuture(null))));

    assertThat(refused.reason()).isEqualTo(Reason.CALLER_GONE);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
  }

  @Test
  void d2AnUnknownPodIsRefusedBeforeAnybodyPays() throws Exception {
    Order order = new Order.Extension(upload("web").manifestHash(), MINUTE);

    assertThat(refused(order, host.token()).reason()).isEqualTo(Reason.POD_NOT_FOUND);
  }

  @Test
  void d13ATimeThatIsNotSoldIsRefusedBeforeAnybodyPays() throws Exception {
    for (Duration duration : new Duration[] {Duration.ZERO, Duration.ofDays(366)}) {
      Order order = LeaseHarness.upload(host.request("web", ""), duration);

      assertThat(refused(order, host.token()).reason()).isEqualTo(Reason.INVALID_DURATION);
    }
    assertThat(host.payments().asked()).isZero();
  }

  @Test
  void d16ATokenBuysOnce() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    Purchase first = buy(order, token);

    Purchase second = buy(order, token);

    assertThat(second).isEqualTo(first);
    assertThat(host.payments().asked()).isEqualTo(1);
    assertThat(host.leases().find(order.manifestHash()).get().expiry())
        .isEqualTo(START.plus(MINUTE));
    assertThat(host.ledger().summary().earned()).isEqualTo(PRICE);
  }

  @Test
  void d16ATokenBuysNothingElse() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    buy(order, token);

    assertThat(refused(upload("other"), token).reason()).isEqualTo(Reason.PAY_TOKEN_MISMATCH);
    assertThat(host.payments().asked()).isEqualTo(1);
  }

  @Test
  void aPaymentOpenedForOnePodDoesNotBuyAnother() throws Exception {
    PayToken token = host.payFor(upload("web"), PLENTY);

    assertThat(refused(upload("other"), token).reason()).isEqualTo(Reason.PAY_TOKEN_MISMATCH);
    assertThat(host.payments().asked()).isZero();
  }

  @Test
  void moreTimeIsAddedToWhatIsLeft() throws Exception {
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));
    now = START.plusSeconds(30);
    Order extension = new Order.Extension(order.manifestHash(), MINUTE);

    Purchase purchase = buy(extension, host.payFor(extension, PLENTY));

    assertThat(purchase.expiry()).isEqualTo(START.plus(MINUTE).plus(MINUTE));
    assertThat(host.driver().starts()).isEqualTo(1);
  }

  @Test
  void d10ADeadPodIsStartedBeforeMoreTimeIsSold() throws Exception {
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));
    host.driver().kill(LeaseHarness.id(order));
    Order extension = new Order.Extension(order.manifestHash(), MINUTE);

    buy(extension, host.payFor(extension, PLENTY));

    assertThat(host.driver().starts()).isEqualTo(2);
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void payersOfOnePodShareItsStart() throws Exception {
    Order order = upload("web");
    CompletableFuture<Void> images = host.driver().holdPulls();
    List<Future<Purchase>> purchases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      PayToken token = host.payFor(order, PLENTY);
      purchases.add(callers.submit(() -> buy(order, token)));
    }

    images.complete(null);

    for (Future<Purchase> purchase : purchases) {
      assertThat(purchase.get(20, TimeUnit.SECONDS).price()).isEqualTo(PRICE);
    }
    assertThat(host.driver().starts()).isEqualTo(1);
    assertThat(host.leases().find(order.manifestHash()).get().expiry())
        .isEqualTo(START.plus(MINUTE.multipliedBy(3)));
  }

  /** The original counted neither what the runtime takes nor anything but memory. */
  @Test
  void d14APodIsLimitedInAllThatItsClassNamesAndReservesWhatTheRuntimeTakesToo() throws Exception {
    Order order = upload("web");

    buy(order, host.payFor(order, PLENTY));

    assertThat(host.driver().spec(LeaseHarness.id(order)).orElseThrow().resources())
        .isEqualTo(PodClass.SMALL.resources());
    assertThat(host.leases().find(order.manifestHash()).orElseThrow().memoryMib())
        .isEqualTo(PodClass.SMALL.resources().memoryMib() + 40);
  }

  /** The original kept all pods in one value, and wrote it anew for each of several steps. */
  @Test
  void seen13APurchaseWritesNoMoreBesideAHundredPodsThanBesideNone() throws Exception {
    host.shrinkTo(1_000_000);
    written(() -> bought("first")); // what is made on first use
    long alone = written(() -> bought("alone"));
    for (int i = 0; i < 100; i++) {
      bought("between" + i);
    }

    assertThat(written(() -> bought("crowded"))).isLessThan(alone * 2);
  }

  private Purchase bought(String name) throws Exception {
    Order order = upload(name);
    return buy(order, host.payFor(order, PLENTY));
  }

  /** Returns how many bytes this process writes meanwhile. */
  private static long written(Callable<?> work) throws Exception {
    long before = bytesWritten();
    work.call();
    return bytesWritten() - before;
  }

  private static long bytesWritten() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("wchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void refusesWhatThereIsNoRoomFor() throws Exception {
    host.shrinkTo(600);
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));

    RefusedException refused = refused(upload("other"), host.token());

    assertThat(refused.reason()).isEqualTo(Reason.HOST_FULL);
    assertThat(refused).hasMessage("Memory usage exceeded. Send pod request later.");
  }

  @Test
  void endsAPodWhenItsTimeIsOver() throws Exception {
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));
    List<String> disconnected = new ArrayList<>();
    host.routes().onClosed(disconnected::add);
    now = START.plus(MINUTE);

    host.leases().expire();

    assertThat(host.routes().find(order.manifestHash().value())).isEmpty();
    assertThat(disconnected).containsExactly(order.manifestHash().value());
    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void d4APodThatCannotBeRemovedIsNotForgotten() throws Exception {
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));
    now = START.plus(MINUTE);
    host.driver().failCalls(PodDriverException.Reason.RUNTIME_UNAVAILABLE);

    host.leases().expire();

    assertThat(host.routes().find(order.manifestHash().value())).isEmpty();
    assertThat(host.store().all()).hasSize(1);

    host.driver().heal();
    host.leases().expire();

    assertThat(host.store().all()).isEmpty();
    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
  }

  @Test
  void logsAreOpenOnlyWhereTheManifestSaysSo() throws Exception {
    Order order = upload("web");
    buy(order, host.payFor(order, PLENTY));

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> host.leases().logs().read(order.manifestHash(), false, null));

    assertThat(refused.reason()).isEqualTo(Reason.LOGS_CLOSED);
  }

  private Purchase buy(Order order, PayToken token) throws InterruptedException {
    return ((Bought) host.leases().buy(order, token, LeaseHarness.CALLER)).purchase();
  }

  private RefusedException refused(Order order, PayToken token) {
    return catchThrowableOfType(
        RefusedException.class, () -> host.leases().buy(order, token, LeaseHarness.CALLER));
  }

  private Order upload(String name) {
    return LeaseHarness.upload(host.request(name, ""), MINUTE);
  }
}
