package org.codius.daemon.lease;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Container;
import org.codius.manifest.Environment;
import org.codius.manifest.Manifest;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the runtime and the routes do what the leases say.
 *
 * <p>The calls block. Callers hold the pod's {@link Tenancies.Tenancy} while they change it. Safe
 * for use by several threads.
 */
public final class PodKeeper {

  private static final Logger log = LoggerFactory.getLogger(PodKeeper.class);

  /** How long a container must last to count as started. */
  public static final Duration SETTLE_TIME = Duration.ofSeconds(1);

  /** How long a pod with a port has, from then on, to accept on it. */
  private static final Duration LISTEN_TIME = Duration.ofSeconds(5);

  /** Exit codes of programs that were killed, or whose own nobody saw. */
  private static final Set<Integer> KILLED = Set.of(137, 255);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(20);

  /** How long a call to the runtime may take that nobody pays for: listing, removing. */
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private final PodDriver driver;
  private final ImagePulls pulls;
  private final Routes routes;
  private final PodAccounts accounts;
  private final String instance;
  private final String publicUri;
  private final Duration settleTime;
  private final EvidenceKeeper evidence;

  /**
   * A pod that was started.
   *
   * @param isListening whether its port accepted, if it has one
   */
  record Started(PodStatus status, boolean isListening) {}

  /**
   * @param limits how large images may be
   * @param accounts what pods pay from
   * @param settleTime how long a container must last to count as started; {@link #SETTLE_TIME}
   * @param evidence looks at pods before they are removed
   */
  public PodKeeper(
      PodDriver driver,
      ImageLimits limits,
      Routes routes,
      PodAccounts accounts,
      String instance,
      String publicUri,
      Duration settleTime,
      EvidenceKeeper evidence) {
    this.accounts = accounts;
    this.evidence = evidence;
    this.settleTime = settleTime;
    this.driver = driver;
    this.pulls = new ImagePulls(driver, limits);
    this.routes = routes;
    this.instance = instance;
    this.publicUri = publicUri;
  }

  /**
   * Starts the pod, with no route and no egress, and watches it through its first moments.
   *
   * <p>A pod that does not come to listen on its port counts as started all the same, as in the
   * original.
   *
   * @throws RefusedException if it does not start in time; nothing of it is left then
   */
  Started start(PodRequest request, PodClass podClass, Deadline deadline)
      throws InterruptedException {
    Manifest manifest = request.manifest();
    PodId id = id(manifest.hash());
    boolean isUp = false;
    try {
      PodStatus status = deadline.await(driver.run(spec(request, podClass)));
      boolean isListening = settle(id, status, manifest.port(), deadline);
      isUp = true;
      return new Started(status, isListening);
    } catch (TimeoutException e) {
      throw Refusals.tooSlow("it was not up in time");
    } catch (PodDriverException e) {
      throw Refusals.of(e);
    } catch (IllegalArgumentException e) {
      throw Refusals.unrunnable(e);
    } finally {
      if (!isUp) {
        remove(manifest.hash());
      }
    }
  }

  /**
   * Has the images there. Those that are not in time are fetched all the same.
   *
   * @param address whom they are for
   * @throws RefusedException if one cannot be had, or not in time
   */
  void pullImages(Manifest manifest, String address, Deadline deadline)
      throws InterruptedException {
    Set<String> images = new LinkedHashSet<>();
    manifest.containers().forEach(container -> images.add(container.image()));
    for (String image : images) {
      pulls.await(image, address, deadline);
    }
  }

  private PodSpec spec(PodRequest request, PodClass podClass) {
    Manifest manifest = request.manifest();
    Map<String, Map<String, String>> environments =
        Environment.resolve(manifest, request.privateVariables(), publicUri);
    Map<String, String> account = accounts.variables(manifest.hash());
    List<PodSpec.Container> containers =
        manifest.containers().stream()
            .map(
                container ->
                    spec(container, environments.getOrDefault(container.id(), Map.of()), account))
            .collect(Collectors.toUnmodifiableList());
    return new PodSpec(id(manifest.hash()), containers, podClass.resources());
  }

  /** The manifest's own variables win over those of the pod's account. */
  private static PodSpec.Container spec(
      Container container, Map<String, String> own, Map<String, String> account) {
    Map<String, String> environment = new TreeMap<>(account);
    environment.putAll(own);
    return new PodSpec.Container(
        container.id(), container.image(), container.command(), container.workdir(), environment);
  }

  /**
   * Returns once a second has passed without a failure, and the port was tried: whether it accepts,
   * which it does if there is none.
   */
  private boolean settle(PodId id, PodStatus status, OptionalInt port, Deadline deadline)
      throws InterruptedException, TimeoutException {
    Deadline settled = deadline.within(settleTime);
    boolean isListening = port.isEmpty();
    while (!settled.hasPassed()) {
      isListening = isListening || accepts(status, port.getAsInt());
      TimeUnit.NANOSECONDS.sleep(Math.min(PROBE_INTERVAL.toNanos(), settled.remaining().toNanos()));
    }
    failIfEnded(id, deadline);
    Deadline listened = deadline.within(LISTEN_TIME);
    while (!isListening && !listened.hasPassed()) {
      isListening = accepts(status, port.getAsInt());
      TimeUnit.NANOSECONDS.sleep(PROBE_INTERVAL.toNanos());
    }
    if (!isListening) {
      failIfEnded(id, deadline);
      log.info("pod does not listen code=PORT_NOT_LISTENING pod={}", id);
    }
    return isListening;
  }

  private static boolean accepts(PodStatus status, int port) {
    if (status.address().isEmpty()) {
      return false;
    }
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(status.address().get(), port), (int) CONNECT_TIMEOUT.toMillis());
      return true;
    } catch (IOException e) {
      return false; // not yet; the caller decides when to give up
    }
  }

  private void failIfEnded(PodId id, Deadline deadline)
      throws InterruptedException, TimeoutException {
    Optional<PodStatus> status = deadline.await(driver.status(id));
    if (status.isEmpty()) {
      throw Refusals.vanished();
    }
    for (PodStatus.Container container : status.get().containers()) {
      if (hasFailed(container)) {
        throw Refusals.ended(container);
      }
    }
  }

  /** Returns the image that a container runs: with its digest, if it can be told. */
  static String image(Container container, PodStatus status) {
    if (!container.imageReference().digest().isEmpty()) {
      return container.image();
    }
    return status.containers().stream()
        .filter(running -> running.name().equals(container.id()))
        .map(PodStatus.Container::image)
        .filter(image -> !image.isEmpty())
        .findFirst()
        .orElse(container.image());
  }

  /** Returns whether the pod can serve: it has an address and nothing in it has failed. */
  static boolean isUp(PodStatus status) {
    return status.address().isPresent()
        && status.containers().stream().anyMatch(PodStatus.Container::isRunning)
        && status.containers().stream().noneMatch(PodKeeper::hasFailed);
  }

  /**
   * Returns whether a pod that is down is so through its own fault: it used too much, or a program
   * in it ended badly. Programs that are killed along with their sandbox did not end by themselves.
   */
  static boolean hasEndedByItself(Optional<PodStatus> status) {
    return status.isPresent()
        && (status.get().exceeded().isPresent()
            || status.get().containers().stream()
                .filter(PodKeeper::hasFailed)
                .anyMatch(
                    container ->
                        status.get().address().isPresent()
                            || !KILLED.contains(container.exitCode().orElse(0))));
  }

  /** Returns whether all programs in it ended well. */
  static boolean isDone(PodStatus status) {
    return !status.containers().isEmpty()
        && status.containers().stream()
            .allMatch(
                container ->
                    container.exitCode().isPresent() && container.exitCode().getAsInt() == 0);
  }

  private static boolean hasFailed(PodStatus.Container container) {
    return container.exitCode().isPresent() && container.exitCode().getAsInt() != 0;
  }

  /**
   * Opens egress, the pod's account, and the route to a pod that has a port and a confirmed
   * address.
   */
  void open(Manifest manifest, PodStatus status) throws InterruptedException {
    try {
      Deadline.after(CALL_TIMEOUT).await(driver.openEgress(status.id()));
    } catch (TimeoutException | PodDriverException e) {
      // The pod is paid for and can be reached: the reconciler tries again.
      log.warn("open egress failed pod={} reason={}", status.id(), e.toString());
    }
    status.address().ifPresent(address -> accounts.open(manifest.hash(), address));
    if (status.address().isPresent() && manifest.port().isPresent()) {
      routes.open(manifest.hash(), status.address().get(), manifest.port().getAsInt());
    }
  }

  /** Closes the route and the account, and ends the pod's programs. What they wrote stays. */
  void stop(ManifestHash hash) throws InterruptedException {
    closeRoute(hash);
    try {
      Deadline.after(CALL_TIMEOUT).await(driver.stop(id(hash)));
    } catch (TimeoutException | PodDriverException e) {
      log.warn("stop pod failed hash={} reason={}", hash.value(), e.toString()); // and tried again
    }
  }

  /** Gives the pod's account money of the host's. */
  CompletionStage<Void> fund(ManifestHash hash, Amount amount) {
    return accounts.fund(hash, amount);
  }

  /** Closes its route, and its account. */
  void closeRoute(ManifestHash hash) {
    routes.close(hash);
    accounts.close(hash);
  }

  /**
   * Closes the route and the account, and removes the pod.
   *
   * @return whether the runtime has let go of it; if not, it is to be tried again
   */
  boolean remove(ManifestHash hash) throws InterruptedException {
    closeRoute(hash);
    try {
      Optional<PodStatus> last = Deadline.after(CALL_TIMEOUT).await(driver.status(id(hash)));
      if (last.isPresent()) {
        evidence.keep(hash, last.get());
      }
      Deadline.after(CALL_TIMEOUT).await(driver.remove(id(hash)));
      return true;
    } catch (TimeoutException | PodDriverException e) {
      log.warn("remove pod failed hash={} reason={}", hash.value(), e.toString());
      return false;
    }
  }

  Optional<PodStatus> status(ManifestHash hash) throws InterruptedException {
    try {
      return Deadline.after(CALL_TIMEOUT).await(driver.status(id(hash)));
    } catch (TimeoutException e) {
      throw Refusals.noAnswer();
    } catch (PodDriverException e) {
      throw Refusals.of(e);
    }
  }

  /** Returns all pods of this host by their manifest hash, or the failure to ask for them. */
  Map<String, PodStatus> list() throws InterruptedException, TimeoutException {
    return Deadline.after(CALL_TIMEOUT).await(driver.list()).stream()
        .collect(Collectors.toUnmodifiableMap(status -> status.id().name(), status -> status));
  }

  Flow.Publisher<LogLine> logs(ManifestHash hash, boolean follow) {
    return driver.logs(id(hash), follow ? LogQuery.FOLLOW : LogQuery.ALL);
  }

  private PodId id(ManifestHash hash) {
    return new PodId(instance, hash.value());
  }
}
