package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.PaymentRequired;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.store.HostSecret;
import org.codius.daemon.store.SqliteLeaseStore;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.testing.FakePodDriver;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class LeaseServiceTest {

  private static final String INSTANCE = "test";
  private static final Asset XRP = new Asset("XRP", 9);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Amount PRICE = Amount.of(228_311, XRP);
  private static final Amount PLENTY = Amount.of(1_000_000_000, XRP);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private final SecureRandom random = new SecureRandom();
  private final FakePodDriver driver = new FakePodDriver(INSTANCE);
  private final ExecutorService callers = Executors.newFixedThreadPool(4);
  private Instant now = START;

  /** What listens in every pod. */
  private ServerSocket program;

  private SqliteLeaseStore store;
  private SqlLedger ledger;
  private FakePayments payments;
  private Routes routes = new Routes();
  private LeaseService leases;

  @BeforeEach
  void open() throws Exception {
    program = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    ledger = SqlLedger.open(database, XRP, InstantSource.system());
    payments = new FakePayments(ledger);
    store = openStore();
    leases = openLeases(10_000);
  }

  private SqliteLeaseStore openStore() throws Exception {
    return SqliteLeaseStore.open(
        folder.resolve("host.db"), HostSecret.open(folder.resolve("secret.key"), random), random);
  }

  private LeaseService openLeases(long memoryMib) {
    routes = new Routes();
    return new LeaseService(
        store,
        new PodKeeper(driver, routes, INSTANCE, "http://localhost:3000", Duration.ofMillis(1)),
        payments,
        ledger,
        new Terms(
            new Pricing(new BigDecimal(10), XRP),
            new Capacity(memoryMib),
            Duration.ofSeconds(55),
            Duration.ofDays(365),
            4),
        () -> now);
  }

  @AfterEach
  void close() throws IOException {
    program.close();
    callers.shutdownNow();
    store.close();
    ledger.close();
  }

  @Test
  void namesAPlaceToPayAndKeepsNothing() throws Exception {
    PurchaseResult result = leases.buy(upload("web"), token(), () -> true);

    assertThat(result).isInstanceOf(PaymentRequired.class);
    assertThat(store.all()).isEmpty();
    assertThat(driver.starts()).isZero();
  }

  @Test
  void sellsAPodOnceItIsPaidFor() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);

    Purchase purchase = buy(order, token);

    assertThat(purchase.expiry()).isEqualTo(START.plus(MINUTE));
    assertThat(purchase.price()).isEqualTo(PRICE);
    assertThat(routes.find(order.manifestHash().value())).isPresent();
    assertThat(driver.hasEgress(id(order))).isTrue();
    assertThat(ledger.summary().earned()).isEqualTo(PRICE);
    assertThat(ledger.summary().owed()).isEqualTo(Amount.zero(XRP));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void keepsAPodThatNobodyPaidForClosed() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, Amount.of(1_000, XRP));

    PurchaseResult result = leases.buy(order, token, () -> true);

    assertThat(result)
        .isInstanceOfSatisfying(
            Underpaid.class,
            underpaid -> {
              assertThat(underpaid.received()).isEqualTo(Amount.of(1_000, XRP));
              assertThat(underpaid.price()).isEqualTo(PRICE);
            });
    assertThat(routes.find(order.manifestHash().value())).isEmpty();
    assertThat(driver.spec(id(order))).isEmpty();
    assertThat(store.all()).isEmpty();
    assertThat(ledger.owed(token)).isEqualTo(Amount.of(1_000, XRP));
  }

  @Test
  void countsWhatAnEarlierAttemptBrought() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, Amount.of(200_000, XRP));
    leases.buy(order, token, () -> true);
    payments.open(token, order.item(), PRICE, Amount.of(28_311, XRP));

    buy(order, token);

    assertThat(ledger.summary().received()).isEqualTo(PRICE);
    assertThat(ledger.owed(token)).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void d1AStartThatFailsCostsNothing() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);
    driver.failRuns(PodDriverException.Reason.COMMAND_NOT_FOUND);

    RefusedException refused = refused(order, token);

    assertThat(refused.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(payments.asked()).isZero();
    assertThat(ledger.summary().received()).isEqualTo(Amount.zero(XRP));
    assertThat(store.all()).isEmpty();
  }

  @Test
  void anImageThatIsMissingCostsNothing() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);
    driver.failPulls(PodDriverException.Reason.IMAGE_NOT_FOUND);

    assertThat(refused(order, token).reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(payments.asked()).isZero();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void takesNoMoneyFromACallerWhoHasLeft() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> leases.buy(order, token, () -> false));

    assertThat(refused.reason()).isEqualTo(Reason.CALLER_GONE);
    assertThat(payments.asked()).isZero();
    assertThat(driver.spec(id(order))).isEmpty();
  }

  @Test
  void d2AnUnknownPodIsRefusedBeforeAnybodyPays() throws Exception {
    Order order = new Order.Extension(upload("web").manifestHash(), MINUTE);

    assertThat(refused(order, token()).reason()).isEqualTo(Reason.POD_NOT_FOUND);
  }

  @Test
  void d16ATokenBuysOnce() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);
    Purchase first = buy(order, token);

    Purchase second = buy(order, token);

    assertThat(second).isEqualTo(first);
    assertThat(payments.asked()).isEqualTo(1);
    assertThat(leases.find(order.manifestHash()).get().expiry()).isEqualTo(START.plus(MINUTE));
    assertThat(ledger.summary().earned()).isEqualTo(PRICE);
  }

  @Test
  void d16ATokenBuysNothingElse() throws Exception {
    Order order = upload("web");
    PayToken token = payFor(order, PLENTY);
    buy(order, token);

    assertThat(refused(upload("other"), token).reason()).isEqualTo(Reason.PAY_TOKEN_USED);
    assertThat(payments.asked()).isEqualTo(1);
  }

  @Test
  void aPaymentOpenedForOnePodDoesNotBuyAnother() throws Exception {
    PayToken token = payFor(upload("web"), PLENTY);

    assertThat(refused(upload("other"), token).reason()).isEqualTo(Reason.PAY_TOKEN_USED);
    assertThat(payments.asked()).isZero();
  }

  @Test
  void moreTimeIsAddedToWhatIsLeft() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));
    now = START.plusSeconds(30);
    Order extension = new Order.Extension(order.manifestHash(), MINUTE);

    Purchase purchase = buy(extension, payFor(extension, PLENTY));

    assertThat(purchase.expiry()).isEqualTo(START.plus(MINUTE).plus(MINUTE));
    assertThat(driver.starts()).isEqualTo(1);
  }

  @Test
  void d10ADeadPodIsStartedBeforeMoreTimeIsSold() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));
    driver.kill(id(order));
    Order extension = new Order.Extension(order.manifestHash(), MINUTE);

    buy(extension, payFor(extension, PLENTY));

    assertThat(driver.starts()).isEqualTo(2);
    assertThat(routes.find(order.manifestHash().value())).isPresent();
  }

  @Test
  void payersOfOnePodShareItsStart() throws Exception {
    Order order = upload("web");
    CompletableFuture<Void> images = driver.holdPulls();
    List<Future<Purchase>> purchases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      PayToken token = payFor(order, PLENTY);
      purchases.add(callers.submit(() -> buy(order, token)));
    }

    images.complete(null);

    for (Future<Purchase> purchase : purchases) {
      assertThat(purchase.get(20, TimeUnit.SECONDS).price()).isEqualTo(PRICE);
    }
    assertThat(driver.starts()).isEqualTo(1);
    assertThat(leases.find(order.manifestHash()).get().expiry())
        .isEqualTo(START.plus(MINUTE.multipliedBy(3)));
  }

  @Test
  void refusesWhatThereIsNoRoomFor() throws Exception {
    leases = openLeases(600);
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));

    RefusedException refused = refused(upload("other"), token());

    assertThat(refused.reason()).isEqualTo(Reason.HOST_FULL);
    assertThat(refused).hasMessage("Memory usage exceeded. Send pod request later.");
  }

  @Test
  void endsAPodWhenItsTimeIsOver() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));
    List<String> disconnected = new ArrayList<>();
    routes.onClosed(disconnected::add);
    now = START.plus(MINUTE);

    leases.expire();

    assertThat(routes.find(order.manifestHash().value())).isEmpty();
    assertThat(disconnected).containsExactly(order.manifestHash().value());
    assertThat(driver.spec(id(order))).isEmpty();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void d4APodThatCannotBeRemovedIsNotForgotten() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));
    now = START.plus(MINUTE);
    driver.failCalls(PodDriverException.Reason.RUNTIME_UNAVAILABLE);

    leases.expire();

    assertThat(routes.find(order.manifestHash().value())).isEmpty();
    assertThat(store.all()).hasSize(1);

    driver.heal();
    leases.expire();

    assertThat(store.all()).isEmpty();
    assertThat(driver.spec(id(order))).isEmpty();
  }

  @Test
  void aRestartKeepsPodAndRoute() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));

    restart();

    assertThat(routes.find(order.manifestHash().value())).isPresent();
    assertThat(driver.starts()).isEqualTo(1);
    assertThat(leases.find(order.manifestHash()).get().expiry()).isEqualTo(START.plus(MINUTE));
  }

  @Test
  void aRestartBringsBackAPodThatIsGone() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));
    driver.vanish(id(order));

    restart();

    assertThat(driver.starts()).isEqualTo(2);
    assertThat(driver.hasEgress(id(order))).isTrue();
    assertThat(routes.find(order.manifestHash().value())).isPresent();
  }

  @Test
  void aRestartRemovesWhatNobodyPaidFor() throws Exception {
    Order order = upload("web");
    PodRequest request = order.upload().get();
    store.put(new Lease(order.manifestHash(), Lease.State.STARTING, request, START));
    new PodKeeper(driver, routes, INSTANCE, "http://localhost:3000", Duration.ofMillis(1))
        .start(request, Deadline.after(Duration.ofSeconds(10)));

    restart();

    assertThat(driver.spec(id(order))).isEmpty();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void aRestartBooksWhatWasSoldJustBeforeTheEnd() throws Exception {
    Order order = upload("web");
    PayToken token = token();
    store.put(new Lease(order.manifestHash(), Lease.State.STARTING, order.upload().get(), START));
    ledger.receive(token, PRICE);
    store.commit(
        new Purchase(token, order.item(), order.manifestHash(), PRICE, START.plus(MINUTE)));

    restart();
    restart();

    assertThat(ledger.summary().earned()).isEqualTo(PRICE);
    assertThat(ledger.owed(token)).isEqualTo(Amount.zero(XRP));
    assertThat(driver.starts()).isEqualTo(1);
  }

  @Test
  void logsAreOpenOnlyWhereTheManifestSaysSo() throws Exception {
    Order order = upload("web");
    buy(order, payFor(order, PLENTY));

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> leases.logs(order.manifestHash(), false));

    assertThat(refused.reason()).isEqualTo(Reason.LOGS_CLOSED);
  }

  private void restart() throws Exception {
    store.close();
    store = openStore();
    leases = openLeases(10_000);
    leases.resume();
  }

  private Purchase buy(Order order, PayToken token) throws InterruptedException {
    return ((Bought) leases.buy(order, token, () -> true)).purchase();
  }

  private RefusedException refused(Order order, PayToken token) {
    return catchThrowableOfType(RefusedException.class, () -> leases.buy(order, token, () -> true));
  }

  private PayToken payFor(Order order, Amount funds) {
    PayToken token = token();
    payments.open(token, order.item(), PRICE, funds);
    return token;
  }

  private PayToken token() {
    return PayToken.random(random);
  }

  private static PodId id(Order order) {
    return new PodId(INSTANCE, order.manifestHash().value());
  }

  private Order upload(String name) {
    String json =
        """
        {"manifest":{"name":"%s","version":"1.0.0","machine":"small","port":"%d",
        "containers":[{"id":"app","image":"nginx@sha256:%s"}]}}"""
            .formatted(name, program.getLocalPort(), "0".repeat(64));
    return new Order.Upload(
        ManifestParser.parseRequest(json.getBytes(StandardCharsets.UTF_8)), MINUTE);
  }
}
