package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.codius.hyper.image.ImagePolicy;
import org.codius.hyper.image.ImageRegistries;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What containers and images do that want more than their share. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitsIT {

  private static final int DISK_MIB = 32;

  private TestHost host;

  @BeforeAll
  void start() throws Exception {
    host = TestHost.start();
  }

  @AfterAll
  void stop() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void whoFillsTheDiskIsEndedAndItsNeighbourIsNot() throws Exception {
    PodStatus neighbour = host.run(host.pod("neighbour", host.container("main", "sleep 600")));

    PodStatus ended = awaitEnd("filler", "dd if=/dev/zero of=/big bs=1M count=100; sleep 600");

    assertThat(ended.exceeded()).contains(PodLimit.DISK_LIMIT);
    assertThat(host.get(host.driver().status(neighbour.id())).map(PodStatus::isRunning))
        .contains(true);
    remove(ended, neighbour);
  }

  @Test
  void aFileThatWasDeletedAndIsHeldOpenCounts() throws Exception {
    PodStatus ended =
        awaitEnd("hidden", "exec 3>/big; rm /big; dd if=/dev/zero bs=1M count=100 >&3; sleep 600");

    assertThat(ended.exceeded()).contains(PodLimit.DISK_LIMIT);
    remove(ended);
  }

  @Test
  void manyEmptyFilesCount() throws Exception {
    PodStatus ended =
        awaitEnd(
            "crumbs",
            "mkdir /d; cd /d; seq 40000 | while read n; do : > $n; done; echo made; sleep 600");

    assertThat(ended.exceeded()).contains(PodLimit.DISK_LIMIT);
    remove(ended);
  }

  @Test
  void whoFloodsItsLogIsEndedAndItsLogIsCut() throws Exception {
    PodStatus status =
        host.run(
            host.pod(
                "flood",
                host.container("quiet", "sleep 600"),
                host.container("loud", "exec yes 0123456789012345678901234567890123456789")));

    PodStatus ended =
        host.awaitStatus(status.id(), seen -> seen.containers().get(1).exitCode().isPresent());

    assertThat(ended.exceeded()).contains(PodLimit.LOG_LIMIT);
    assertThat(ended.containers().get(0).isRunning()).isTrue();
    host.await(() -> size(host.root().resolve("pods")), size -> size <= 4 << 20);
    remove(ended);
  }

  @Test
  void theEndForALimitIsAnEvent() throws Exception {
    EventCollector events = new EventCollector();
    host.driver().events().subscribe(events);

    PodStatus ended = awaitEnd("told", "dd if=/dev/zero of=/big bs=1M count=100; sleep 600");

    assertThat(events.next()).isEqualTo(new PodEvent.Started(ended.id(), "main"));
    assertThat(events.next())
        .isEqualTo(new PodEvent.LimitExceeded(ended.id(), PodLimit.DISK_LIMIT));
    assertThat(events.next()).isEqualTo(new PodEvent.Exited(ended.id(), "main", 137));
    remove(ended);
    assertThat(events.next()).isEqualTo(new PodEvent.Removed(ended.id()));
  }

  @Test
  void sixHundredMegabytesInAPodOfFiveHundredAndTwelveAreAnOutOfMemory() throws Exception {
    PodSpec spec =
        new PodSpec(
            host.id("memory"),
            List.of(host.container("hog", "exec dd if=/dev/zero of=/dev/null bs=600M count=1")),
            new PodSpec.Resources(1, 512, 64, 1024));
    EventCollector events = new EventCollector();
    host.driver().events().subscribe(events);
    host.run(spec);

    PodStatus ended =
        host.awaitStatus(spec.id(), seen -> seen.containers().get(0).exitCode().isPresent());

    assertThat(ended.exceeded()).contains(PodLimit.MEMORY_LIMIT);
    assertThat(events.next(PodEvent.LimitExceeded.class).limit()).isEqualTo(PodLimit.MEMORY_LIMIT);
    assertThat(events.next()).isEqualTo(new PodEvent.Exited(spec.id(), "hog", 137));
    assertThat(host.output("after", "echo fine")).containsExactly("fine");
    remove(ended);
  }

  @Test
  void tenGigabytesOfZerosStopThePull() throws Exception {
    ImageLimits limits = new ImageLimits(64 << 20, 256 << 20, 10);
    long before = size(host.root().resolve("data"));
    long most = 0;

    CompletionStage<Void> pull =
        host.driver().pull(host.registry().add("bomb", TestImage.bomb(10)), limits, seen -> {});
    while (!pull.toCompletableFuture().isDone()) {
      most = Math.max(most, size(host.root().resolve("data")) - before);
    }

    assertThatThrownBy(() -> host.get(pull))
        .cause()
        .isInstanceOfSatisfying(
            PodDriverException.class,
            failure -> assertThat(failure.reason()).isEqualTo(Reason.IMAGE_TOO_LARGE))
        .hasMessageContaining("/bomb@");
    assertThat(most).isLessThan(6L << 30);
    host.await(() -> size(host.root().resolve("data")) - before, left -> left < 64 << 20);
  }

  @Test
  void imagesUsedLongestAgoAreThrownAwayButNoneInUse() throws Exception {
    String used = host.registry().add("used", TestImage.ofFile("used", 2 << 20));
    String old = host.registry().add("old", TestImage.ofFile("old", 2 << 20));
    String fresh = host.registry().add("fresh", TestImage.ofFile("fresh", 2 << 20));
    try (CriClient client = new CriClient(host.containerd().criConfig().socket());
        ImageRegistries registries = ImageRegistries.of(ImagePolicy.DEFAULT.withLoopback())) {
      // Each is kept as fetched and as unpacked; without one of them it is enough.
      long all = 3 * 2 * ((2 << 20) + Files.size(Path.of("/bin/busybox")));
      CriConfig config = withImageBytes(host.containerd().criConfig(), all * 9 / 10);
      Path notes = host.root().resolve("notes");
      Instant now = Instant.now();
      for (String image : List.of(used, old, fresh)) {
        host.get(host.driver().pull(image));
      }
      storeAt(now.minus(Duration.ofHours(3)), config, client, registries, notes).noteUse(used);
      storeAt(now.minus(Duration.ofHours(2)), config, client, registries, notes).noteUse(old);
      storeAt(now.minus(Duration.ofHours(1)), config, client, registries, notes).noteUse(fresh);
      PodStatus pod =
          host.run(
              new PodSpec(
                  host.id("keeps"),
                  List.of(
                      new PodSpec.Container(
                          "main", used, List.of("/bin/busybox", "sleep", "600"), "", Map.of())),
                  TestHost.SMALL));

      storeAt(now, config, client, registries, notes).collect();

      assertThat(List.of(used, old, fresh))
          .filteredOn(image -> client.images().has(image, TestHost.PATIENCE))
          .containsExactly(used, fresh);
      remove(pod);
    }
  }

  @Test
  void statsTellWhatAPodUsesWhateverBecameOfAnother() throws Exception {
    PodSpec busy =
        host.pod(
            "busy",
            host.container(
                "main",
                "dd if=/dev/zero of=/f bs=1M count=8; n=0; while true; do n=$((n+1)); done"));
    PodStatus broken = host.run(host.pod("broken", host.container("main", "sleep 600")));
    host.run(busy);
    for (long pid : host.processes(broken.id())) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    PodStats stats =
        host.await(
            () -> host.get(host.driver().stats(busy.id())), seen -> seen.diskBytes() >= 8 << 20);
    PodStats later =
        host.await(
            () -> host.get(host.driver().stats(busy.id())),
            seen -> seen.cpu().compareTo(stats.cpu()) > 0);

    assertThat(later.memoryBytes()).isBetween(1L << 10, 64L << 20);
    assertThat(later.processes()).isBetween(2, 5);
    assertThat(host.get(host.driver().list())).hasSize(2);
    host.get(host.driver().remove(broken.id()));
    host.get(host.driver().remove(busy.id()));
  }

  private PodStatus awaitEnd(String name, String script) throws Exception {
    PodSpec spec =
        new PodSpec(
            host.id(name),
            List.of(host.container("main", script)),
            new PodSpec.Resources(1, 64, 64, DISK_MIB));
    host.run(spec);
    return host.awaitStatus(
        spec.id(),
        seen -> seen.containers().get(0).exitCode().isPresent() && seen.address().isEmpty());
  }

  private void remove(PodStatus... pods) throws Exception {
    for (PodStatus pod : pods) {
      host.get(host.driver().remove(pod.id()));
    }
  }

  private static ImageStore storeAt(
      Instant time, CriConfig config, CriClient client, ImageRegistries registries, Path notes) {
    InstantSource clock = Clock.fixed(time, ZoneOffset.UTC);
    return new ImageStore(
        config,
        client,
        registries,
        new PullGuard(config, client, "overlayfs", new Upkeep().executor()),
        notes,
        "overlayfs",
        clock);
  }

  private static CriConfig withImageBytes(CriConfig config, long bytes) {
    CriConfig.Limits limits = config.limits();
    return new CriConfig(
        config.instance(),
        config.socket(),
        config.runtimeHandler(),
        config.isolation(),
        config.directory(),
        config.registries(),
        config.images(),
        config.podSubnets(),
        config.hasUserNamespaces(),
        config.nameServers(),
        new CriConfig.Limits(
            limits.callTimeout(),
            limits.pullTimeout(),
            limits.startTimeout(),
            limits.removeTimeout(),
            limits.logBytes(),
            bytes,
            limits.concurrentCalls()));
  }

  /** Returns the bytes of the files below a folder that changes meanwhile. */
  private static long size(Path folder) throws IOException {
    AtomicLong sum = new AtomicLong();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum.get();
  }
}
