package org.codius.hyper.cri;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.jspecify.annotations.Nullable;

/** A private containerd in a folder of its own, a driver on it and a registry with one image. */
public final class TestHost implements AutoCloseable {

  static final PodSpec.Resources SMALL = new PodSpec.Resources(1, 64, 64, 1024);

  /** Little, so that logs are rotated within a test. */
  static final long LOG_BYTES = 256 << 10;

  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final String instance;
  private final Path root;
  private final TestRegistry registry;
  private @Nullable EmbeddedContainerd containerd;
  private @Nullable CriDriver driver;

  private TestHost(
      String instance,
      Path root,
      TestRegistry registry,
      @Nullable EmbeddedContainerd containerd,
      @Nullable CriDriver driver) {
    this.instance = instance;
    this.root = root;
    this.registry = registry;
    this.containerd = containerd;
    this.driver = driver;
  }

  static TestHost start() throws Exception {
    String id = Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 28));
    return start("t" + id, LOG_BYTES);
  }

  /** Starts one that keeps as much of each log as a host does. */
  static TestHost start(String instance) throws Exception {
    return start(instance, CriConfig.Limits.DEFAULT.logBytes());
  }

  /** Makes one that has a registry and nothing else, until {@link #restart}. */
  static TestHost prepare() throws Exception {
    assumeRunnable();
    Path root = Files.createTempDirectory("codius-it");
    String id = Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 28));
    return new TestHost("t" + id, root, TestRegistry.start(), null, null);
  }

  /** Starts the same with gVisor. */
  static TestHost startWithGvisor(String instance) throws Exception {
    assumeRunnable();
    Path root = Files.createTempDirectory("codius-it");
    RuntimeHandler gvisor = GvisorScripts.install(Files.createDirectory(root.resolve("bin")));
    return start(
        root,
        config(instance, root.resolve("own"), CriConfig.Limits.DEFAULT.logBytes())
            .with(gvisor, false));
  }

  private static TestHost start(String instance, long logBytes) throws Exception {
    assumeRunnable();
    Path root = Files.createTempDirectory("codius-it");
    return start(root, config(instance, root, logBytes));
  }

  private static TestHost start(Path root, EmbeddedContainerdConfig config) throws Exception {
    TestRegistry registry = TestRegistry.start();
    EmbeddedContainerd containerd = null;
    try {
      containerd = EmbeddedContainerd.start(config);
      CriDriver driver = CriDriver.connect(containerd.criConfig());
      TestHost host = new TestHost(config.instance(), root, registry, containerd, driver);
      host.get(driver.pull(registry.image()));
      return host;
    } catch (Exception e) {
      registry.close();
      if (containerd != null) {
        containerd.stop();
      }
      throw e;
    }
  }

  /** Skips the test, with a line that says why, where no container can be run. */
  public static void assumeRunnable() throws IOException {
    assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
        "needs root");
    assumeTrue(
        EmbeddedContainerd.missingPackages().isEmpty(),
        "needs the Debian packages " + EmbeddedContainerd.missingPackages());
    assumeTrue(Files.exists(Path.of("/bin/busybox")), "needs the Debian package busybox-static");
  }

  static EmbeddedContainerdConfig config(String instance, Path root) {
    return config(instance, root, LOG_BYTES);
  }

  private static EmbeddedContainerdConfig config(String instance, Path root, long logBytes) {
    EmbeddedContainerdConfig usual = EmbeddedContainerdConfig.of(instance, root);
    CriConfig.Limits limits = usual.limits();
    return new EmbeddedContainerdConfig(
        instance,
        root,
        usual.images().withLoopback(),
        null,
        false,
        usual.nameServers(),
        new CriConfig.Limits(
            limits.callTimeout(),
            limits.pullTimeout(),
            limits.startTimeout(),
            limits.removeTimeout(),
            logBytes,
            limits.imageBytes(),
            limits.concurrentCalls()),
        usual.startTimeout());
  }

  String instance() {
    return instance;
  }

  Path root() {
    return root;
  }

  TestRegistry registry() {
    return registry;
  }

  EmbeddedContainerd containerd() {
    return requireNonNull(containerd, "containerd");
  }

  CriDriver driver() {
    return requireNonNull(driver, "driver");
  }

  /** Lets go of everything, as the end of a daemon does, and takes it up again. */
  void restart() {
    if (driver != null && containerd != null) {
      driver.close();
      containerd.close();
    }
    containerd = EmbeddedContainerd.start(config(instance, root));
    driver = CriDriver.connect(containerd.criConfig());
  }

  PodId id(String name) {
    return new PodId(instance, name);
  }

  PodSpec.Container container(String name, String script) {
    return new PodSpec.Container(name, registry.image(), List.of("sh", "-c", script), "", Map.of());
  }

  PodSpec pod(String name, PodSpec.Container... containers) {
    return new PodSpec(id(name), List.of(containers), SMALL);
  }

  PodStatus run(PodSpec spec) throws Exception {
    return get(driver().run(spec));
  }

  /** Runs a script in a pod of one container to its end, and returns what it wrote. */
  List<String> output(String name, String script) throws Exception {
    PodSpec spec = pod(name, container("main", script + "\n echo the-end"));
    run(spec);
    try {
      return lines(spec.id());
    } finally {
      get(driver().remove(spec.id()));
    }
  }

  /** Returns what the pod writes up to a line {@code the-end}. */
  List<String> lines(PodId id) throws Exception {
    LineCollector collector = new LineCollector();
    driver().logs(id, LogQuery.FOLLOW).subscribe(collector);
    List<String> lines = new ArrayList<>();
    for (LogLine line = collector.next(); !line.text().equals("the-end"); line = collector.next()) {
      lines.add(line.text());
    }
    collector.cancel();
    return lines;
  }

  /** Returns the processes of a pod, that of its sandbox included. */
  List<Long> processes(PodId id) throws IOException {
    Path group = Path.of("/sys/fs/cgroup");
    if (!Files.exists(group.resolve("cgroup.controllers"))) {
      group = group.resolve("pids");
    }
    List<Long> pids = new ArrayList<>();
    try (Stream<Path> below =
        Files.walk(group.resolve("codius-" + id.instance()).resolve(id.name()))) {
      for (Path file : below.filter(path -> path.endsWith("cgroup.procs")).toList()) {
        Files.readAllLines(file).stream().map(Long::valueOf).forEach(pids::add);
      }
    }
    return pids;
  }

  String http(PodStatus pod, int port, String path) throws Exception {
    URI uri =
        URI.create(
            "http://" + pod.address().orElseThrow().getHostAddress() + ":" + port + "/" + path);
    return HTTP.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /**
   * Asks again until the answer is as expected: a foreign process tells nobody when it is ready.
   */
  <T> T await(Callable<T> question, Predicate<T> expected) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Object last;
      try {
        T answer = question.call();
        if (expected.test(answer)) {
          return answer;
        }
        last = answer;
      } catch (IOException e) {
        last = e;
      }
      assertThat(System.nanoTime()).as("patience with %s", last).isLessThan(deadline);
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  PodStatus awaitStatus(PodId id, Predicate<PodStatus> expected) throws Exception {
    return await(() -> get(driver().status(id)), status -> status.filter(expected).isPresent())
        .orElseThrow();
  }

  <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    if (driver != null) {
      driver.close();
    }
    if (containerd == null && Files.exists(root.resolve("containerd.toml"))) {
      containerd = EmbeddedContainerd.start(config(instance, root)); // the killed process's
    }
    if (containerd != null) {
      containerd.stop();
    }
    registry.close();
  }
}
