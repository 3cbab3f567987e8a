package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** hyperd is killed and restarted under twenty pods, we are, both are. */
class HyperdRestartTest {

  private static final int PODS = 20;
  private static final String INSTANCE = "restart";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private HyperdSimulator hyperd;
  private HyperdDriver driver;
  private StreamCollector<PodEvent> events;

  @BeforeEach
  void runPods() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    hyperd.load(HyperdDriverTest.BUSYBOX);
    driver = connect();
    for (int i = 0; i < PODS; i++) {
      get(driver.run(pod(i)));
    }
    events = new StreamCollector<PodEvent>(PATIENCE).readFrom(driver.events(), Long.MAX_VALUE);
  }

  @AfterEach
  void stop() {
    driver.close();
    hyperd.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void podsThatGoOnAreFoundAgainWithTheirAddresses() throws Exception {
    Map<PodId, InetAddress> before = addresses(driver);

    hyperd.restartKeepingMachines();

    awaitBack();
    assertThat(addresses(driver)).isEqualTo(before).hasSize(PODS);
  }

  @Test
  void podsThatWereStoppedAreAllAccountedForAndRunAnew() throws Exception {
    hyperd.restartStoppingMachines();

    awaitBack();
    assertThat(get(driver.list())).hasSize(PODS).noneMatch(PodStatus::isRunning);
    assertThat(addresses(driver)).isEmpty();
    for (int i = 0; i < PODS; i++) {
      assertThat(get(driver.run(pod(i))).isRunning()).isTrue();
    }
    assertThat(addresses(driver).values()).hasSize(PODS).doesNotHaveDuplicates();
  }

  @Test
  void podsThatACrashOfTheHostTookAreToldOfAndRunAnewInSpiteOfWhatTheyLeft() throws Exception {
    hyperd.restartAfterCrash();

    awaitBack();
    assertThat(get(driver.list())).isEmpty();
    for (int i = 0; i < PODS; i++) {
      assertThat(get(driver.run(pod(i))).isRunning()).isTrue();
    }
    assertThat(addresses(driver).values()).hasSize(PODS).doesNotHaveDuplicates();
  }

  @Test
  void anotherProcessOfOursTakesUpThePods() throws Exception {
    Map<PodId, InetAddress> before = addresses(driver);
    driver.close();
    get(events.end());

    driver = connect();

    assertThat(addresses(driver)).isEqualTo(before).hasSize(PODS);
  }

  @Test
  void bothAreKilledAndTheNewOnesAgree() throws Exception {
    Map<PodId, InetAddress> before = addresses(driver);
    driver.close();
    hyperd.restartKeepingMachines();

    driver = connect();

    assertThat(addresses(driver)).isEqualTo(before).hasSize(PODS);
    get(driver.run(pod(PODS)));
    assertThat(addresses(driver).values()).hasSize(PODS + 1).doesNotHaveDuplicates();
  }

  private void awaitBack() throws Exception {
    PodEvent event = events.next();
    while (!(event instanceof PodEvent.RuntimeLost)) {
      event = events.next();
    }
    while (!(event instanceof PodEvent.RuntimeBack)) {
      event = events.next();
    }
  }

  private HyperdDriver connect() {
    return HyperdDriver.connect(
        new HyperdConfig(
            folder.resolve("hyper.sock"),
            INSTANCE,
            null,
            HyperdDriverTest.TIMEOUTS,
            HyperdConfig.Limits.DEFAULT),
        group);
  }

  private static Map<PodId, InetAddress> addresses(HyperdDriver driver) throws Exception {
    return get(driver.list()).stream()
        .filter(pod -> pod.address().isPresent())
        .collect(Collectors.toMap(PodStatus::id, pod -> pod.address().orElseThrow()));
  }

  private static PodSpec pod(int number) {
    PodSpec.Container web =
        new PodSpec.Container(
            "web", HyperdDriverTest.BUSYBOX.tagged(), List.of("sleep", "600"), "", Map.of());
    return new PodSpec(
        new PodId(INSTANCE, "pod" + number), List.of(web), new PodSpec.Resources(1, 64, 64, 1024));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
