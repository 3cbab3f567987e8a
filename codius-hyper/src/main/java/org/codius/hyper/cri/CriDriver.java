package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.image.CheckedImage;
import org.codius.hyper.image.ImageName;
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

  /** Slow and many at once would keep the orders that are quick from being worked on. */
  private static final int CONCURRENT_PULLS = 4;

  private static final int LOG_THREADS = 2;
  private static final Duration UPKEEP_PERIOD = Duration.ofSeconds(1);

  /** How many upkeep periods go by between two looks at the firewall. */
  private static final int PERIODS_PER_FIREWALL_CHECK = 5;

  private final CriConfig config;
  private final CriClient client;
  private final ImageRegistries registries;
  private @Nullable RegistryProxy proxy;
  private final CriPods pods;
  private final LogRotation rotation;
  private final PodEvents events = new PodEvents();
  private final Workers orders;
  private final Workers pulls;
  private final ScheduledThreadPoolExecutor background;
  private final Set<LogSubscription> subscriptions = ConcurrentHashMap.newKeySet();
  private int upkeeps;

  private CriDriver(CriConfig config, CriClient client) {
    this.config = config;
    this.client = client;
    this.registries = ImageRegistries.of(config.images());
    this.pods = new CriPods(config, client);
    this.rotation = new LogRotation(config, client, pods);
    this.orders = new Workers("codius-cri", config.limits().concurrentCalls());
    this.pulls = new Workers("codius-pull", CONCURRENT_PULLS);
    this.background =
        new ScheduledThreadPoolExecutor(LOG_THREADS, Workers.daemons("codius-cri-logs"));
  }

  /**
   * Connects to the runtime and takes up the instance's pods that it already runs. Blocks until the
   * runtime has answered.
   *
   * @throws PodDriverException if it does not, or the firewall cannot be applied
   */
  public static CriDriver connect(CriConfig config) {
    CriClient client = new CriClient(config.socket());
    CriDriver driver = new CriDriver(config, client);
    try {
      driver.adopt();
      return driver;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  private void adopt() {
    try {
      if (config.registries() != null) {
        proxy = RegistryProxy.start(registries, config.registries());
      }
      pods.adopt();
    } catch (IOException | StatusRuntimeException | InterruptedException e) {
      throw Workers.failure("connect to the runtime at " + config.socket(), e);
    }
    var unused =
        background.scheduleWithFixedDelay(
            this::upkeep,
            UPKEEP_PERIOD.toMillis(),
            UPKEEP_PERIOD.toMillis(),
            TimeUnit.MILLISECONDS);
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
          return new RuntimeInfo(
              name,
              version.getRuntimeVersion(),
              config.isolation(),
              Set.of(Feature.EGRESS_CONTROL));
        });
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return pulls.order("pull " + image, () -> pullNow(image, limits));
  }

  private void pullNow(String image, ImageLimits limits) {
    try {
      ImageName name = ImageName.parse(image);
      if (client.hasImage(name.toString(), config.limits().callTimeout())) {
        return;
      }
      CheckedImage checked = registries.check(image, limits);
      log.debug("image checked image={} bytes={}", name, checked.compressedBytes());
      client.pullImage(name.toString(), config.limits().pullTimeout());
    } catch (IllegalArgumentException e) {
      throw new PodDriverException(
          PodDriverException.Reason.IMAGE_NOT_FOUND, "pull: " + e.getMessage(), e);
    } catch (StatusRuntimeException e) {
      throw CriErrors.onPull(image, e);
    }
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    if (!isOwn(spec.id())) {
      throw new IllegalArgumentException(
          "pod: " + spec.id() + " (expected: of instance " + config.instance() + ")");
    }
    if (spec.restartPolicy() != PodSpec.RestartPolicy.NEVER
        || spec.containers().stream()
            .anyMatch(container -> !container.limits().equals(PodSpec.Resources.UNLIMITED))) {
      return unsupported("run pod " + spec.id() + " with restarts or limits of its containers");
    }
    return orders.submit("run pod " + spec.id(), spec.id(), patience(), () -> pods.run(spec));
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return orders.order("open egress of " + id, id, patience(), () -> pods.openEgress(id));
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return orders.submit("look at pod " + id, () -> isOwn(id) ? pods.status(id) : Optional.empty());
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return orders.submit("list pods", pods::list);
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return orders.submit("list the pods of others", pods::others);
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return isOwn(id)
        ? orders.order("stop pod " + id, id, patience(), () -> pods.stop(id))
        : CompletableFuture.completedFuture(null); // as any pod that is not there
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return isOwn(id)
        ? orders.order("remove pod " + id, id, patience(), () -> pods.remove(id))
        : CompletableFuture.completedFuture(null); // as any pod that is not there
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return new PodLogs(pods, id, query.follow(), background, subscriptions);
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return events;
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return unsupported("measure pod " + id);
  }

  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return unsupported("run a program in container " + container + " of pod " + id);
  }

  private static <T> CompletionStage<T> unsupported(String action) {
    return CompletableFuture.failedFuture(
        new PodDriverException(Reason.UNSUPPORTED, action + ": this driver cannot do that"));
  }

  @Override
  public void close() {
    events.close();
    orders.close();
    pulls.close();
    if (proxy != null) {
      proxy.close();
    }
    registries.close();
    var unused = Workers.end(background);
    subscriptions.forEach(LogSubscription::abort);
    client.close();
  }

  /** How long to wait for another order for the same pod: it may be about to give up a start. */
  private Duration patience() {
    return config.limits().startTimeout().plus(config.limits().removeTimeout());
  }

  /** For tests that have to clean up. */
  PodFirewall firewall() {
    return pods.firewall();
  }

  private boolean isOwn(PodId id) {
    return id.instance().equals(config.instance());
  }

  private void upkeep() {
    client.hurry();
    rotation.run();
    if (++upkeeps % PERIODS_PER_FIREWALL_CHECK == 0) {
      try {
        pods.firewall().repair();
      } catch (PodDriverException e) {
        log.warn("firewall not checked reason={}", e.getMessage());
      }
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
