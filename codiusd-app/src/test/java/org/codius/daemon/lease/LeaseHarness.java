package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.codius.daemon.store.EvidenceFiles;
import org.codius.daemon.store.HostDatabase;
import org.codius.daemon.store.HostSecret;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodId;
import org.codius.hyper.testing.FakePodDriver;
import org.codius.manifest.ManifestParser;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteDataSource;

/** A lease service with real files, on a fake runtime, whose payers do as they are told. */
public final class LeaseHarness implements AutoCloseable {

  public static final Asset XRP = new Asset("XRP", 9);
  public static final URI PUBLIC_URI = URI.create("http://localhost:3000");
  private static final String INSTANCE = "test";
  private static final int ROOMY_MIB = 10_000;
  private static final int BACKLOG = 50;

  /** Somebody who waits for the answer. */
  public static final Caller CALLER = new Caller("192.0.2.1", new CompletableFuture<>());

  private final Path folder;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final FakePodDriver driver = new FakePodDriver(INSTANCE);
  private final SqlLedger ledger;
  private final PaymentReceiver receiver;
  private final EvidenceStore evidence;

  /** What listens in every pod. */
  private final ServerSocket program;

  private HostDatabase database;
  private long memoryMib = ROOMY_MIB;
  private Duration purchaseTimeout = Duration.ofSeconds(55);
  private List<AdmissionRule> rules = List.of();
  private LeaseStore store;
  private Routes routes = new Routes();
  private PodAccounts accounts = PodAccounts.NONE;
  private LeaseService leases;

  public LeaseHarness(Path folder, InstantSource clock) throws IOException, SQLException {
    this(folder, clock, FakePayments::new);
  }

  /**
   * @param payments makes what is paid, on the books it is given
   */
  public LeaseHarness(
      Path folder,
      InstantSource clock,
      Function<? super Ledger, ? extends PaymentReceiver> payments)
      throws IOException, SQLException {
    this.folder = folder;
    this.clock = clock;
    program = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    Thread greeter = new Thread(this::greet, "program");
    greeter.setDaemon(true);
    greeter.start();
    SQLiteDataSource books = new SQLiteDataSource();
    books.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    ledger = SqlLedger.open(books, XRP, clock);
    receiver = payments.apply(ledger);
    evidence = EvidenceFiles.open(folder.resolve("evidence"));
    database = openDatabase();
    store = openStore();
    leases = openLeases(memoryMib);
  }

  /** Lets in whoever connects, so that there is always room for the next. */
  private void greet() {
    while (!program.isClosed()) {
      try {
        program.accept().close();
      } catch (IOException e) {
        assertThat(program.isClosed()).isTrue();
      }
    }
  }

  private HostDatabase openDatabase() throws IOException, SQLException {
    return HostDatabase.open(folder.resolve("host.db"));
  }

  private LeaseStore openStore() throws IOException, SQLException {
    return database.leases(HostSecret.open(folder.resolve("secret.key"), random), random);
  }

  private LeaseService openLeases(long mib) {
    return new LeaseService(
        store,
        keeper(),
        receiver,
        ledger,
        new Prices(
            Map.of(PodClass.SMALL, BigDecimal.TEN),
            XRP,
            Duration.ofDays(365),
            database.settings(),
            clock),
        new Terms(new Capacity(mib, () -> 40), purchaseTimeout, 4, Duration.ofHours(24)),
        rules,
        new byte[32],
        evidence,
        Runnable::run,
        clock);
  }

  PodKeeper keeper() {
    return new PodKeeper(
        driver,
        ImageLimits.DEFAULT,
        routes,
        accounts,
        INSTANCE,
        PUBLIC_URI.toString(),
        Duration.ofMillis(1),
        new EvidenceKeeper(driver, store, evidence, clock));
  }

  /** Starts anew on the same files and the same runtime, as after a kill. */
  void restart() throws IOException, SQLException, InterruptedException {
    store.close();
    database = openDatabase();
    store = openStore();
    routes = new Routes();
    leases = openLeases(memoryMib);
    leases.settle();
    leases.resume();
  }

  /** Puts a lease and its pod where they would be had it been bought. */
  void adopt(Lease lease, Instant expiry) throws InterruptedException {
    PodKeeper keeper = keeper();
    keeper.pullImages(lease.request().manifest(), "", Deadline.after(purchaseTimeout));
    keeper.start(lease.request(), PodClass.SMALL, Deadline.after(purchaseTimeout));
    store.put(
        new Lease(
            lease.manifestHash(),
            lease.state(),
            lease.request(),
            expiry,
            lease.podClass(),
            lease.memoryMib(),
            lease.life()));
  }

  /** Gives purchases so much time. */
  void hurry(Duration timeout) {
    purchaseTimeout = timeout;
    leases = openLeases(memoryMib);
  }

  void shrinkTo(long mib) {
    memoryMib = mib;
    leases = openLeases(memoryMib);
  }

  /** Sells only what the rule allows. */
  void restrict(AdmissionRule rule) {
    rules = List.of(rule);
    leases = openLeases(memoryMib);
  }

  public LeaseService leases() {
    return leases;
  }

  public Routes routes() {
    return routes;
  }

  public EvidenceStore evidence() {
    return evidence;
  }

  public LeaseStore store() {
    return store;
  }

  public FakePodDriver driver() {
    return driver;
  }

  public PaymentReceiver receiver() {
    return receiver;
  }

  /** Returns what the books say the host has earned. */
  public Amount earned() {
    return ledger.summary().earned();
  }

  public SettingStore settings() {
    return database.settings();
  }

  public SqlLedger ledger() {
    return ledger;
  }

  FakePayments payments() {
    return (FakePayments) receiver;
  }

  public PayToken token() {
    return PayToken.random(random);
  }

  /** Opens a payment that answers an invoice for {@code order}, with {@code funds} behind it. */
  public PayToken payFor(Order order, Amount funds) {
    PayToken token = token();
    payments().open(token, order.item(), leases.quote(order.duration()), funds);
    return token;
  }

  public static PodId id(Order order) {
    return new PodId(INSTANCE, order.manifestHash().value());
  }

  /** Returns the JSON of a pod whose port accepts; {@code more} goes into the manifest. */
  public String request(String name, String more) {
    return request(name, more, program.getLocalPort());
  }

  public String request(String name, String more, int port) {
    return """
    {"manifest":{"name":"%s","version":"1.0.0","machine":"small","port":"%d",\
    "containers":[{"id":"app","image":"nginx@sha256:%s"}]%s}}\
    """
        .formatted(name, port, "0".repeat(64), more);
  }

  public static Order upload(String request, Duration duration) {
    return new Order.Upload(
        ManifestParser.parseRequest(request.getBytes(StandardCharsets.UTF_8)), duration);
  }

  @Override
  public void close() throws IOException {
    store.close();
    ledger.close();
    program.close();
  }
}
