package org.codius.daemon;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.admin.Bans;
import org.codius.daemon.admin.Drain;
import org.codius.daemon.admin.MeteredDriver;
import org.codius.daemon.admin.MeteredReceiver;
import org.codius.daemon.admin.MetricsCall;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.Sales;
import org.codius.daemon.disk.Disk;
import org.codius.daemon.disk.DiskGuard;
import org.codius.daemon.disk.LargestWriter;
import org.codius.daemon.http.ApiConfig;
import org.codius.daemon.http.HostInfo;
import org.codius.daemon.http.HttpApi;
import org.codius.daemon.lease.Capacity;
import org.codius.daemon.lease.EvidenceKeeper;
import org.codius.daemon.lease.EvidenceStore;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.PodClass;
import org.codius.daemon.lease.PodKeeper;
import org.codius.daemon.lease.Prices;
import org.codius.daemon.lease.Routes;
import org.codius.daemon.lease.SettingStore;
import org.codius.daemon.lease.Terms;
import org.codius.daemon.peers.Gossip;
import org.codius.daemon.peers.PeerMemory;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.peers.PeersConfig;
import org.codius.daemon.receipt.HostKey;
import org.codius.daemon.selftest.SelfPurchase;
import org.codius.daemon.selftest.SelfTests;
import org.codius.daemon.store.DataFolder;
import org.codius.daemon.store.HostDatabase;
import org.codius.hyper.PodStatus;
import org.codius.hyper.cri.CriConfig;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.Uplink;
import org.codius.payments.stream.StreamReceiver;
import org.codius.proxy.PodProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole host: sells pods, runs them and lets the world in to them.
 *
 * <p>Its pods outlive it. The next daemon on the same folder goes on with them. Safe for use by
 * several threads.
 */
public final class Daemon implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private static final Duration RECONCILE_INTERVAL = Duration.ofMinutes(1);
  private static final Duration DISK_INTERVAL = Duration.ofSeconds(2);
  private static final Duration SELF_TEST_INTERVAL = Duration.ofMinutes(1);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
  private static final Duration RUNTIME_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REMOVE_TIMEOUT = Duration.ofSeconds(30);

  private final DaemonConfig config;
  private final Teardown teardown;
  private final PodProxy proxy;
  private final LateRuntime runtime;
  private final LeaseService leases;
  private final Threads threads;

  private Daemon(
      DaemonConfig config,
      Teardown teardown,
      PodProxy proxy,
      LateRuntime runtime,
      LeaseService leases,
      Threads threads) {
    this.leases = leases;
    this.config = config;
    this.threads = threads;
    this.teardown = teardown;
    this.proxy = proxy;
    this.runtime = runtime;
  }

  /** Returns the release of this daemon, {@code 0.1.0}, or {@code dev} outside a jar. */
  public static String version() {
    return Optional.ofNullable(Daemon.class.getPackage().getImplementationVersion()).orElse("dev");
  }

  /**
   * Starts a host, with the pods that are still paid for. It answers some time before this returns,
   * and sells from then on; if the firewall cannot be applied, not before it can.
   *
   * @throws StartException if something it needs is missing; nothing of it runs then
   */
  public static Daemon start(DaemonConfig config) {
    config.failIfPublicPlayMoney();
    Teardown teardown = new Teardown();
    boolean isUp = false;
    try {
      Daemon daemon = start(config, teardown);
      isUp = true;
      return daemon;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      if (!isUp) {
        teardown.close();
      }
    }
  }

  private static Daemon start(DaemonConfig config, Teardown teardown) throws InterruptedException {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    DataFolder folder = teardown.add(OpenFiles.folder(config.root(), random));
    Threads threads = teardown.add(Threads.start(config.sales().purchases()));
    OpenMoney money = OpenMoney.open(config.money(), folder, threads.loops(), clock, teardown);
    Uplink uplink = money.uplink();
    Ledger ledger = money.ledger();
    PaymentReceiver receiver =
        teardown.add(
            StreamReceiver.start(
                uplink,
                ledger,
                folder.secret().derive("stream"),
                threads.books(),
                threads.timers(),
                clock,
                random));
    failIfTaken(config.frontDoor().bind());
    OpenSelfTest selfTest = OpenSelfTest.open(config.selfTest(), teardown);
    // Before the threads, which it may use; after what lies above it.
    LateRuntime runtime = teardown.add(new LateRuntime(FIRST_RETRY));
    Routes routes = new Routes();
    HostDatabase database = teardown.add(OpenFiles.database(folder));
    LeaseStore store = database.leases(folder.secret(), random);
    EvidenceStore evidence = OpenFiles.evidence(folder);
    DiskGuard disk =
        new DiskGuard(
            new Disk(List.of(config.root(), folder.runtime())), OpenFiles.reserve(folder));
    PodWallets wallets =
        new PodWallets(
            money.connector(), money.children(), folder.secret(), config.pods().arePaying());
    PrometheusMeterRegistry meters = MetricsCall.registry();
    Bans bans =
        new Bans(
            database.settings(), hash -> store.find(hash).map(lease -> lease.request().manifest()));
    Drain drain = new Drain(database.settings());
    SelfTests selfTests =
        new SelfTests(
            config.selfTest(), !config.isLocal(), database.settings(), threads.workers(), clock);
    LeaseService leases =
        new LeaseService(
            store,
            new PodKeeper(
                new MeteredDriver(runtime.driver(), meters),
                config.pods().images(),
                routes,
                wallets,
                folder.instance(),
                config.frontDoor().publicUri().toString(),
                PodKeeper.SETTLE_TIME,
                new EvidenceKeeper(runtime.driver(), store, evidence, clock)),
            new MeteredReceiver(receiver, meters),
            ledger,
            prices(config.sales(), receiver.asset(), database.settings(), clock),
            terms(config, runtime),
            List.of(
                runtime,
                new IsolationRule(config.pods().leastIsolation(), runtime::info),
                disk,
                bans,
                drain,
                selfTests),
            folder.secret().derive("management"),
            evidence,
            threads.pods(),
            clock);
    LargestWriter writers = new LargestWriter(runtime.driver(), leases::fail);
    leases.settle();
    HostInfo info =
        new HostInfo(
            config.frontDoor().publicUri(),
            version(),
            receiver.asset(),
            config.isLocal(),
            runtime::info,
            clock.instant(),
            money.isConnected(),
            () -> money.isConnected().getAsBoolean() && runtime.isOpen(),
            selfTests::status,
            config.api().arePodsCounted());
    HostKey key = HostKey.of(folder.secret().derive("receipts"));
    PeersConfig peersConfig = OpenPeers.config(config);
    Peers peers = new Peers(peersConfig, random);
    HttpApi api =
        new HttpApi(
            new ApiConfig(
                config.isLocal() && !config.isPublicPlayMoneyAllowed(),
                config.api().areQuotesPaid(),
                config.api().requestsPerMinute()),
            leases,
            receiver,
            key,
            peers,
            info,
            threads.workers(),
            MetricsCall.refusals(meters),
            clock);
    PodProxy proxy =
        teardown.add(
            FrontDoor.open(config, new OpenRoutes(routes, runtime), api, threads.timers(), random));
    routes.onClosed(proxy::disconnect);
    OpenAdmin admin = new OpenAdmin(store, leases, wallets, ledger, bans, drain, clock);
    MetricsCall metrics = teardown.add(new MetricsCall(meters, store, ledger, proxy));
    teardown.add(admin.open(config.admin(), metrics, folder, threads, random));
    Chores chores = new Chores(threads.timers());
    chores.nowAndEvery(DISK_INTERVAL, "look at the disk", () -> disk.look(writers));
    if (OpenPeers.isGossiping(config)) {
      Gossip gossip = teardown.add(OpenPeers.gossip(peers, peersConfig, threads.loops(), clock));
      OpenPeers.begin(gossip, new PeerMemory(peers, database.settings()), chores);
    }
    Optional<SelfPurchase> purchase =
        selfTest.purchase(
            config.frontDoor().publicUri(),
            leases,
            key,
            money.connector(),
            folder,
            threads.loops(),
            random,
            teardown);
    log.info("host answers uri={}", config.frontDoor().publicUri());
    runtime.open(
        () ->
            OpenRuntime.open(
                config.runtime(),
                selfTest.with(config.sources()),
                CriConfig.Limits.DEFAULT.keeping(
                    config.pods().logBytes(), config.pods().imageCacheBytes()),
                folder,
                threads.loops()),
        () -> {
          wallets.listen();
          leases.resume();
          teardown.add(LeaseClock.start(leases, threads.timers()));
          runtime.driver().events().subscribe(leases.watch());
          chores.every(
              RECONCILE_INTERVAL,
              "reconcile pods",
              () -> {
                wallets.listen();
                leases.reconcile();
              });
          purchase.ifPresent(
              test ->
                  chores.nowAndEvery(SELF_TEST_INTERVAL, "self test", () -> selfTests.tick(test)));
        },
        threads.timers());
    log.info(
        "host up uri={} runtime={} isolation={} asset={}/{} play={} pods={}",
        config.frontDoor().publicUri(),
        info.runtime().get().name(),
        info.runtime().get().isolation(),
        info.asset().code(),
        info.asset().scale(),
        info.isPlayMoney(),
        leases.count());
    return new Daemon(config, teardown, proxy, runtime, leases, threads);
  }

  private static Prices prices(
      Sales sales, Asset asset, SettingStore settings, InstantSource clock) {
    Map<PodClass, BigDecimal> classes = new LinkedHashMap<>(sales.classes());
    classes.put(PodClass.SMALL, sales.costPerMonth());
    try {
      return new Prices(classes, asset, sales.maximumDuration(), settings, clock);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "prices: " + e.getMessage(),
          "Lower CODIUS_COST_PER_MONTH, those of CODIUS_CLASSES, or CODIUS_MAX_DURATION.",
          e);
    }
  }

  private static Terms terms(DaemonConfig config, LateRuntime runtime) {
    int told = config.sales().machineMib();
    return new Terms(
        Capacity.of(
            told > 0 ? told : machineMib(),
            config.sales().memoryFraction(),
            () -> runtime.info().isolation()),
        config.sales().purchaseTimeout(),
        config.sales().unpaidStarts(),
        config.api().evidence());
  }

  private static long machineMib() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getTotalMemorySize()
        >> 20;
  }

  private static StartException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new StartException("start: interrupted", "Start again.", e);
  }

  /** Finds out before a runtime is started for nothing. */
  private static void failIfTaken(InetSocketAddress address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(address);
    } catch (IOException e) {
      throw taken("listen on " + NetUtil.toSocketAddressString(address) + ": " + e.getMessage(), e);
    }
  }

  private static StartException taken(String message, Exception cause) {
    return new StartException(
        message, "Stop what listens there, or choose another CODIUS_PORT (--port).", cause);
  }

  public URI publicUri() {
    return config.frontDoor().publicUri();
  }

  /**
   * Gives a pod that runs money of the host's, to pay with. Durable once it completes; fails with a
   * {@link org.codius.payments.PaymentException}.
   */
  public CompletionStage<Void> fund(ManifestHash hash, Amount amount) {
    return leases.fund(hash, amount);
  }

  /** Returns where the front door listens. */
  public InetSocketAddress address() {
    return proxy.localAddress();
  }

  /** Returns whether its threads do what they are given within {@code time}. */
  public boolean isResponsive(Duration time) {
    return threads.areResponsive(time);
  }

  /**
   * Sells to those who are buying, stops answering, and lets go of the pods, which go on running.
   */
  @Override
  public void close() {
    try {
      leases.finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then at once
    }
    teardown.close();
  }

  /** Stops answering, ends every pod and what was started to run them. The folder stays. */
  public void removeEverything() {
    proxy.close();
    threads.timers().shutdownNow(); // or what is removed here is started again there
    threads.pods().shutdownNow();
    try {
      for (PodStatus pod : list()) {
        runtime
            .driver()
            .remove(pod.id())
            .toCompletableFuture()
            .orTimeout(REMOVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .join();
      }
    } catch (CompletionException e) {
      log.warn("remove pods failed reason={}", e.getCause());
    }
    runtime.stop();
    teardown.close();
  }

  private List<PodStatus> list() {
    return runtime
        .driver()
        .list()
        .toCompletableFuture()
        .orTimeout(RUNTIME_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }
}
