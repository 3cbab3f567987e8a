package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.codius.hyper.ExecResult;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.codius.hyper.PullProgress;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Feature;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.image.ImageRegistries;
import org.codius.hyper.image.RegistryProxy;
import org.codius.hyper.network.PodFirewall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs pods on a runtime that speaks CRI v1: containerd or CRI-O.
 *
 * <p>A container runs with few capabilities, no_new_privs, the runtime's seccomp profile, masked
 * and read-only paths in /proc and /sys; a pod in a cgroup that limits it as a whole and behind a
 * firewall. What of this cannot be had is a failure to run the pod. Safe for use by several
 * threads.
 */
public final class CriDriver implements PodDriver {

  private static final Logger log = LoggerFactory.getLogger(CriDriver.class);

  /** Apart, as programs are: slow ones would keep the quick orders from being worked on. */
  private static final int CONCURRENT_PULLS = 4;

  private static final int LOG_THREADS = 2;

  private final CriConfig config;
  private final CriClient client;
  private final ImageRegistries registries;
  private @Nullable RegistryProxy proxy;
  private final PodEvents events = new PodEvents();
  private final Workers orders;
  private final Workers pulls;
  private final Workers execs;

  /** One thread: the firewall does one thing at a time. */
  private final Workers admissions = new Workers("codius-admission", 1);

  private final Upkeep upkeep = new Upkeep();
  private final ScheduledThreadPoolExecutor logThreads =
      new ScheduledThreadPoolExecutor(LOG_THREADS, Workers.daemons("codius-cri-logs"));
  private final Set<LogSubscription> subscriptions = ConcurrentHashMap.newKeySet();

  private final PodFirewall firewall;
  private final PodFolders folders;
  private final PodUsage usage;
  private final PodView view;
  private final ImageStore images;
  private final CriPods pods;
  private final PodSteps steps;
  private final ContainerPrograms programs;
  private final PodWatch watch;
  private final DiskWatch disk;
  private final LogUpkeep logs;

  private CriDriver(CriConfig config, CriClient client, RuntimeFacts facts) {
    this.config = config;
    this.client = client;
    this.registries = ImageRegistries.of(config.images());
    this.orders = new Workers("codius-cri", config.limits().concurrentCalls());
    this.pulls = new Workers("codius-pull", CONCURRENT_PULLS);
    this.execs = new Workers("codius-exec", config.limits().concurrentCalls());
    this.firewall = PodFirewall.of(config.instance(), config.podSubnets(), config.nameServers());
    this.folders = new PodFolders(config.directory(), config.instance());
    PodCgroups cgroups = PodCgroups.of(config.instance());
    this.usage = new PodUsage(cgroups);
    this.view = new PodView(config, client, firewall, folders);
    PullGuard guard = new PullGuard(config, client, facts.snapshotter(), upkeep.executor());
    this.images =
        new ImageStore(
            config,
            client,
            registries,
            guard,
            folders.images(),
            facts.snapshotter(),
            InstantSource.system());
    this.pods = new CriPods(config, client, firewall, cgroups, folders, view, images, admissions);
    this.programs = new ContainerPrograms(client, view);
    this.steps = new PodSteps(orders, pods, events, () -> upkeep.now(this::look));
    ContainerRestarts restarts = new ContainerRestarts(upkeep.executor(), steps::restart);
    this.watch = new PodWatch(config, client, view, folders, usage, events, restarts);
    this.disk = new DiskWatch(client, view, folders, cgroups, facts.snapshotter(), steps::endFull);
    this.logs = new LogUpkeep(config, client, view, folders, steps::endFlood);
  }

  /**
   * Connects to the runtime and takes up the instance's pods that it already runs. Blocks until the
   * runtime has answered.
   *
   * @throws PodDriverException if it does not, or the firewall cannot be applied
   */
  public static CriDriver connect(CriConfig config) {
    CriClient client = new CriClient(config.socket());
    RuntimeFacts facts;
    try {
      facts = RuntimeFacts.parse(client.info(config.limits().callTimeout()));
    } catch (StatusRuntimeException e) {
      client.close();
      throw Workers.failure(connecting(config), e);
    }
    CriDriver driver = new CriDriver(config, client, facts);
    try {
      driver.open();
      return driver;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private void open() {
    try {
      if (config.registries() != null) {
        proxy = RegistryProxy.start(registries, config.registries());
      }
      pods.adopt();
    } catch (IOException | StatusRuntimeException | InterruptedException e) {
      throw Workers.failure(connecting(config), e);
    }
    watch.look();
    client.onBreak(watch::onBreak);
    upkeep.every(1, client::hurry);
    upkeep.every(1, watch::look);
    upkeep.every(1, logs::look);
    upkeep.every(2, disk::look);
    upkeep.every(5, this::repairFirewall);
    upkeep.every(60, images::collect);
  }

  private static String connecting(CriConfig config) {
    return "connect to the runtime at " + config.socket();
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return orders.submit(
        "ask the runtime its version",
        () -> {
          Cri.VersionResponse version = client.version(config.limits().callTimeout());
          String name =
              config.runtimeHandler().isEmpty()
                  ? version.getRuntimeName()
                  : version.getRuntimeName() + "/" + config.runtimeHandler();
          return new RuntimeInfo(name, version.getRuntimeVersion(), config.isolation(), features());
        });
  }

  private Set<Feature> features() {
    Set<Feature> features =
        EnumSet.of(
            Feature.STATS,
            Feature.EXEC,
            Feature.EGRESS_CONTROL,
            Feature.IMAGE_LIMITS,
            Feature.DISK_LIMIT,
            Feature.RESTARTS);
    if (config.hasUserNamespaces()) {
      features.add(Feature.USER_NAMESPACES);
    }
    if (config.isolation() != Isolation.KERNEL) { // seen: gVisor lets a container have it all
      features.add(Feature.CONTAINER_LIMITS);
    }
    return features;
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return pulls.order("pull " + image, () -> images.pull(image, limits, progress));
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    if (!isOwn(spec.id())) {
      throw new IllegalArgumentException(
          "pod: " + spec.id() + " (expected: of instance " + config.instance() + ")");
    }
    boolean hasContainerLimits =
        spec.containers().stream()
            .anyMatch(container -> !container.limits().equals(PodSpec.Resources.UNLIMITED));
    if (hasContainerLimits && !features().contains(Feature.CONTAINER_LIMITS)) {
      return CompletableFuture.failedFuture(
          new PodDriverException(
              Reason.UNSUPPORTED,
              "run pod " + spec.id() + ": the runtime cannot limit a container by itself"));
    }
    return steps.run(spec);
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return steps.openEgress(id);
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return orders.submit("look at pod " + id, () -> isOwn(id) ? view.status(id) : Optional.empty());
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return orders.submit("list pods", view::list);
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return orders.submit("list the pods of others", view::others);
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return isOwn(id)
        ? steps.stop(id)
        : CompletableFuture.completedFuture(null); // as any pod that is not there
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return isOwn(id)
        ? steps.remove(id)
        : CompletableFuture.completedFuture(null); // as any pod that is not there
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return new PodLogs(view, folders, id, query, logThreads, subscriptions);
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return events;
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return orders.submit(
        "measure pod " + id,
        () -> {
          if (!isOwn(id) || view.sandboxes(id).isEmpty()) {
            throw new PodDriverException(
                Reason.NO_SUCH_POD, "measure pod " + id + ": there is no such pod");
          }
          return usage.of(id, disk.last(id).bytes());
        });
  }

  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return execs.submit(
        "run a program in container " + container + " of pod " + id,
        () -> programs.run(id, container, command, timeout));
  }

  @Override
  public void close() {
    orders.close();
    pulls.close();
    execs.close();
    admissions.close();
    if (proxy != null) {
      proxy.close();
    }
    registries.close();
    upkeep.close();
    var unused = Workers.end(logThreads);
    subscriptions.forEach(LogSubscription::abort);
    events.close();
    client.close();
  }

  /** For tests that have to clean up. */
  PodFirewall firewall() {
    return firewall;
  }

  private boolean isOwn(PodId id) {
    return id.instance().equals(config.instance());
  }

  private void look() {
    watch.look();
  }

  private void repairFirewall() {
    try {
      firewall.repair();
    } catch (PodDriverException e) {
      log.warn("firewall not checked reason={}", e.getMessage());
    }
  }

  /** Something that blocks and has a result. */
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Something that blocks. */
  interface Step {
    void run() throws IOException, InterruptedException;
  }
}
