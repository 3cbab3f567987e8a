package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many buyers, slow images and slow starts. */
class RushTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Amount PLENTY = Amount.of(1_000_000_000, LeaseHarness.XRP);
  private static final int UPLOADS = 64;

  @TempDir Path folder;

  private final ExecutorService callers = Executors.newFixedThreadPool(UPLOADS);
  private LeaseHarness host;

  @BeforeEach
  void open() throws Exception {
    host = new LeaseHarness(folder, InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    callers.shutdownNow();
    host.close();
  }

  @Test
  void seen2SixtyFourUploadsAtOnceAllSucceed() throws Exception {
    host.shrinkTo(100_000);
    List<Future<PurchaseResult>> results = new ArrayList<>();
    for (int i = 0; i < UPLOADS; i++) {
      Order order = upload("web" + i);
      PayToken token = host.payFor(order, PLENTY);
      results.add(callers.submit(() -> host.leases().buy(order, token, LeaseHarness.CALLER)));
    }

    for (Future<PurchaseResult> result : results) {
      assertThat(result.get(60, TimeUnit.SECONDS)).isInstanceOf(Bought.class);
    }
    assertThat(host.driver().starts()).isEqualTo(UPLOADS);
    assertThat(host.store().all()).hasSize(UPLOADS).allMatch(Lease::isPaid);
    assertThat(host.ledger().check()).isEmpty();
  }

  @Test
  void anImageThatIsStillOnItsWayCostsNothingAndIsThereTheNextTime() throws Exception {
    host.hurry(Duration.ofMillis(200));
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    CompletableFuture<Void> image = host.driver().holdPulls();

    assertThat(refusal(order, token)).isEqualTo(Reason.IMAGE_STILL_PULLING);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.store().all()).isEmpty();

    host.hurry(Duration.ofSeconds(55));
    image.complete(null);

    assertThat(host.leases().buy(order, token, LeaseHarness.CALLER)).isInstanceOf(Bought.class);
  }

  @Test
  void aStartThatTakesTooLongCostsNothing() throws Exception {
    host.hurry(Duration.ofMillis(200));
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.driver().holdRuns();

    assertThat(refusal(order, token)).isEqualTo(Reason.START_TOO_SLOW);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void withLessThanTenSecondsLeftNoMoneyIsAskedFor() throws Exception {
    host.hurry(Duration.ofMillis(9_900));
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);

    assertThat(refusal(order, token)).isEqualTo(Reason.START_TOO_SLOW);
    assertThat(host.payments().asked()).isZero();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void aSharedStartOutlivesThePayerWhoDoesNotPay() throws Exception {
    Order order = upload("web");
    PayToken poor = host.payFor(order, Amount.of(1, LeaseHarness.XRP));
    PayToken rich = host.payFor(order, PLENTY);
    CompletableFuture<Void> run = host.driver().holdRuns();
    Future<PurchaseResult> first =
        callers.submit(() -> host.leases().buy(order, poor, LeaseHarness.CALLER));
    Future<PurchaseResult> second =
        callers.submit(() -> host.leases().buy(order, rich, LeaseHarness.CALLER));

    run.complete(null);

    assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(Underpaid.class);
    assertThat(second.get(30, TimeUnit.SECONDS)).isInstanceOf(Bought.class);
    assertThat(host.store().all()).hasSize(1).allMatch(Lease::isPaid);
    assertThat(host.driver().spec(LeaseHarness.id(order))).isPresent();
  }

  @Test
  void aHostThatGoesDownSellsToWhoIsBuyingAndToNobodyElse() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    CompletableFuture<Void> payment = host.payments().hold();
    Future<PurchaseResult> buying =
        callers.submit(() -> host.leases().buy(order, token, LeaseHarness.CALLER));
    awaitAsked();

    Thread finishing = new Thread(this::finish, "finishing");
    finishing.start();
    while (finishing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    Order other = upload("other");
    assertThat(refusal(other, host.payFor(other, PLENTY))).isEqualTo(Reason.SHUTTING_DOWN);
    assertThat(finishing.isAlive()).isTrue();
    payment.complete(null);

    finishing.join(30_000);
    assertThat(finishing.isAlive()).isFalse();
    assertThat(buying.get(30, TimeUnit.SECONDS)).isInstanceOf(Bought.class);
    assertThat(host.store().all()).singleElement().matches(Lease::isPaid);
  }

  @Test
  @Tag("long") // waits for the 20 s that a payment has at first, in earnest
  void whoIsDoneInTimeAtThePaceOfTheBeginningIsGivenThatTime() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    CompletableFuture<Void> payment = host.payments().hold();
    Future<PurchaseResult> buying =
        callers.submit(() -> host.leases().buy(order, token, LeaseHarness.CALLER));
    awaitAsked();

    host.payments().arrive(token, order.item(), Amount.of(200_000, LeaseHarness.XRP)); // of 228,311

    assertThatThrownBy(() -> buying.get(25, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
    payment.complete(null);
    assertThat(buying.get(30, TimeUnit.SECONDS)).isInstanceOf(Bought.class);
  }

  @Test
  @Tag("long")
  void whoIsNotIsSentHome() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.payments().hold();
    Future<PurchaseResult> buying =
        callers.submit(() -> host.leases().buy(order, token, LeaseHarness.CALLER));
    awaitAsked();

    host.payments().arrive(token, order.item(), Amount.of(20_000, LeaseHarness.XRP));

    assertThat(buying.get(40, TimeUnit.SECONDS)).isInstanceOf(Underpaid.class);
    assertThat(host.payments().find(token)).isEmpty();
  }

  @Test
  void whoLeavesWhilePayingIsAskedForNoMoreAndGetsNoPod() throws Exception {
    Order order = upload("web");
    PayToken token = host.payFor(order, PLENTY);
    host.payments().hold();
    CompletableFuture<Void> left = new CompletableFuture<>();
    Future<PurchaseResult> buying =
        callers.submit(() -> host.leases().buy(order, token, new Caller("192.0.2.1", left)));
    awaitAsked();

    left.complete(null);

    assertThat(buying.get(30, TimeUnit.SECONDS)).isInstanceOf(Underpaid.class);
    assertThat(host.payments().find(token)).isEmpty();
    assertThat(host.store().all()).isEmpty();
    assertThat(host.ledger().summary().received()).isEqualTo(Amount.zero(LeaseHarness.XRP));
  }

  private void finish() {
    try {
      host.leases().finish();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitAsked() {
    while (host.payments().asked() == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aPodThatDoesNotListenIsSoldAllTheSameAndSaysSo() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Order order = LeaseHarness.upload(host.request("web", "", closed), MINUTE);

    PurchaseResult result =
        host.leases().buy(order, host.payFor(order, PLENTY), LeaseHarness.CALLER);

    assertThat(result).isInstanceOf(Bought.class);
    assertThat(host.leases().find(order.manifestHash()).get().life().isListening()).isFalse();
  }

  private Reason refusal(Order order, PayToken token) {
    return catchThrowableOfType(
            RefusedException.class, () -> host.leases().buy(order, token, LeaseHarness.CALLER))
        .reason();
  }

  private Order upload(String name) {
    return LeaseHarness.upload(host.request(name, ""), MINUTE);
  }
}
