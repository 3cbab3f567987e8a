package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.codius.daemon.lease.Doors.Death;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.store.EvidenceFiles;
import org.codius.daemon.store.HostDatabase;
import org.codius.daemon.store.HostSecret;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;
import org.codius.hyper.testing.SimulatedImage;
import org.codius.manifest.ManifestParser;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteDataSource;

/**
 * A host that sells, extends, ends and removes pods, and may die at it. Whoever bought asks again
 * under the same token after that, as clients do.
 *
 * <p>Each run is a host of its own on the files and the pods that the one before left.
 */
final class SaleStory {

  static final Asset XRP = new Asset("XRP", 9);
  static final String INSTANCE = "test";
  static final SimulatedImage IMAGE =
      SimulatedImage.of("127.0.0.1:5000/web", "1", "sha256:" + "1".repeat(64));
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> PURCHASES =
      List.of("buy web", "extend web", "buy short", "buy other");
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Amount PLENTY = Amount.of(1_000_000_000, XRP);
  private static final Caller CALLER = new Caller("192.0.2.1", new CompletableFuture<>());

  /** How long the host is away after its death, and how much of it seems longer than it was. */
  static final Duration OUTAGE = Duration.ofSeconds(5);

  private final Path folder;
  private final int port;
  private final String image;
  private final SecureRandom random = new SecureRandom();
  private Instant now = START;

  /** Where the story stands: each of its parts is told until it is through. */
  private int told;

  /**
   * Goes on with what the folder tells of.
   *
   * @param port where pods listen; 0 for nowhere
   * @param image what the pods run, with its digest
   */
  SaleStory(Path folder, int port, String image) throws IOException {
    this.folder = folder;
    this.port = port;
    this.image = image;
    Path mark = folder.resolve("told");
    if (Files.exists(mark)) {
      List<String> words = List.of(Files.readString(mark).split(" ", -1));
      told = Integer.parseInt(words.get(0));
      now = Instant.parse(words.get(1));
    }
  }

  /** Goes on with the story of pods that run {@link #IMAGE}. */
  static SaleStory of(Path folder, int port) throws IOException {
    return new SaleStory(folder, port, IMAGE.digested());
  }

  Path folder() {
    return folder;
  }

  /** Returns what another process needs to go on with it: what its constructor takes. */
  List<String> arguments() {
    return List.of(folder.toString(), Integer.toString(port), image);
  }

  private void mark() throws IOException {
    Files.writeString(folder.resolve("told"), told + " " + now);
  }

  static ServerSocket program() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** What a run came to: the steps through its doors. */
  record Run(List<String> steps, boolean hasDied) {}

  /**
   * Lets a host go on with the story on {@code driver} until it ends, or the host dies.
   *
   * @param killer how it dies
   */
  Run tell(PodDriver driver, Death death, Runnable killer) throws Exception {
    Doors doors = new Doors(death, killer);
    SQLiteDataSource books = new SQLiteDataSource();
    books.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    try (SqlLedger ledger = SqlLedger.open(books, XRP, () -> now);
        HostDatabase database = HostDatabase.open(folder.resolve("host.db"))) {
      ledger.recover();
      LeaseStore store = doors.to(leases(database), LeaseStore.class);
      PodDriver pods = doors.to(driver, PodDriver.class);
      Ledger money = doors.to(ledger, Ledger.class);
      FakePayments payments = new FakePayments(money);
      Routes routes = new Routes();
      EvidenceStore evidence = EvidenceFiles.open(folder.resolve("evidence"));
      LeaseService host =
          new LeaseService(
              store,
              new PodKeeper(
                  pods,
                  ImageLimits.DEFAULT,
                  routes,
                  PodAccounts.NONE,
                  INSTANCE,
                  "http://localhost:3000",
                  Duration.ofMillis(1),
                  new EvidenceKeeper(pods, store, evidence, () -> now)),
              payments,
              money,
              new Prices(
                  Map.of(PodClass.SMALL, java.math.BigDecimal.TEN),
                  XRP,
                  Duration.ofDays(365),
                  database.settings(),
                  () -> now),
              new Terms(
                  new Capacity(10_000, () -> 40), Duration.ofSeconds(55), 4, Duration.ofHours(24)),
              List.of(),
              new byte[32],
              evidence,
              Runnable::run,
              () -> now);
      try {
        host.settle();
        host.resume();
        prove(driver, database, routes);
        goOn(host, payments);
      } catch (Doors.Dead e) {
        assertThat(doors.hasDied()).isTrue();
      }
      return new Run(doors.steps(), doors.hasDied());
    }
  }

  private LeaseStore leases(HostDatabase database) throws IOException {
    return database.leases(HostSecret.open(folder.resolve("secret.key"), random), random);
  }

  /** The machine is away for a while. */
  void outage() throws IOException {
    now = now.plus(OUTAGE);
    mark();
  }

  private void goOn(LeaseService host, FakePayments payments) throws Exception {
    while (told < 6) {
      switch (told) {
        case 0 -> buy(host, payments, "buy web", upload("web", MINUTE));
        case 1 ->
            buy(
                host,
                payments,
                "extend web",
                new Order.Extension(upload("web", MINUTE).manifestHash(), MINUTE));
        case 2 -> buy(host, payments, "buy short", upload("short", Duration.ofSeconds(30)));
        case 3 -> {
          Instant until =
              host.find(upload("short", MINUTE).manifestHash()).map(Lease::expiry).orElse(now);
          now = until.isAfter(now) ? until : now;
          mark();
          host.expire();
        }
        case 4 -> buy(host, payments, "buy other", upload("other", MINUTE));
        default -> host.remove(upload("other", MINUTE).manifestHash());
      }
      told++;
      mark();
    }
  }

  private void buy(LeaseService host, FakePayments payments, String what, Order order)
      throws InterruptedException {
    PayToken token = token(what);
    payments.open(token, order.item(), host.quote(order.duration()), PLENTY);
    assertThat(host.buy(order, token, CALLER)).isInstanceOf(Bought.class);
  }

  /** The client keeps its token, whatever becomes of the host. */
  private static PayToken token(String what) {
    return new PayToken(
        Hashing.sha256().hashString(what, StandardCharsets.UTF_8).toString().substring(0, 32));
  }

  /** Nothing unpaid is left, and all that is paid for is up and can be reached. */
  private void prove(PodDriver driver, HostDatabase database, Routes routes) throws Exception {
    Map<String, PodStatus> pods =
        driver.list().toCompletableFuture().join().stream()
            .collect(Collectors.toMap(pod -> pod.id().name(), pod -> pod));
    List<Lease> leases = leases(database).all();

    assertThat(leases).as("unpaid leases").allMatch(Lease::isPaid);
    assertThat(hashes(leases)).as("leases of pods").containsAll(pods.keySet());
    // One whose time is over is not started again, and is about to go.
    List<Lease> current = leases.stream().filter(lease -> lease.isCurrent(now)).toList();
    assertThat(pods.keySet()).as("pods").containsAll(hashes(current));
    for (Lease lease : current) {
      assertThat(lease.state()).isEqualTo(Lease.State.RUNNING);
      assertThat(pods.get(lease.manifestHash().value())).matches(PodKeeper::isUp);
      assertThat(routes.find(lease.manifestHash().value()).isPresent()).isEqualTo(port != 0);
    }
  }

  private static Set<String> hashes(List<Lease> leases) {
    return leases.stream().map(lease -> lease.manifestHash().value()).collect(Collectors.toSet());
  }

  /** The story is over: everything was sold once, for the time it was sold for. */
  void proveTheEnd(PodDriver driver, boolean hasDied) throws Exception {
    SQLiteDataSource books = new SQLiteDataSource();
    books.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    try (SqlLedger ledger = SqlLedger.open(books, XRP, () -> now);
        HostDatabase database = HostDatabase.open(folder.resolve("host.db"))) {
      LeaseStore store = leases(database);
      assertThat(ledger.check()).isEmpty();
      long prices =
          PURCHASES.stream()
              .map(SaleStory::token)
              .map(token -> store.findPurchase(token).orElseThrow().price())
              .mapToLong(price -> price.baseUnits().longValue())
              .sum();
      assertThat(ledger.summary().received().baseUnits().longValue()).isEqualTo(prices);
      assertThat(ledger.summary().earned().baseUnits().longValue()).isEqualTo(prices);
      assertThat(store.unsettled()).isEmpty();

      Lease web = store.find(upload("web", MINUTE).manifestHash()).orElseThrow();
      Instant sold = store.purchases(web.manifestHash()).get(0).from().plus(MINUTE).plus(MINUTE);
      assertThat(Duration.between(sold, web.expiry()))
          .as("time given for the outage")
          .isBetween(Duration.ZERO, hasDied ? OUTAGE.plusSeconds(40) : Duration.ZERO);
      assertThat(store.all()).hasSize(1);
      assertThat(driver.list().toCompletableFuture().join())
          .extracting(PodStatus::id)
          .containsExactly(new PodId(INSTANCE, web.manifestHash().value()));
      Optional<Lease> removed = store.findEnded(upload("other", MINUTE).manifestHash());
      assertThat(removed).map(Lease::state).contains(Lease.State.REMOVED);
      Optional<Lease> expired = store.findEnded(upload("short", MINUTE).manifestHash());
      assertThat(expired).map(Lease::state).contains(Lease.State.EXPIRED);
    }
  }

  private Order upload(String name, Duration duration) {
    String request =
        """
        {"manifest":{"name":"%s","version":"1.0.0","machine":"small",%s\
        "containers":[{"id":"app","image":"%s"}]}}\
        """
            .formatted(name, port == 0 ? "" : "\"port\":\"%d\",".formatted(port), image);
    return new Order.Upload(
        ManifestParser.parseRequest(request.getBytes(StandardCharsets.UTF_8)), duration);
  }
}
