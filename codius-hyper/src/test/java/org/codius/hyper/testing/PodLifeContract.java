package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Feature;
import org.junit.jupiter.api.Test;

/** What becomes of pods. */
interface PodLifeContract extends PodDriverHarness {

  @Test
  default void tellsWhatRunsThePods() throws Exception {
    RuntimeInfo runtime = get(driver().runtime());

    assertThat(runtime.name()).isNotBlank();
    assertThat(runtime.version()).isNotBlank();
  }

  @Test
  default void runsAPod() throws Exception {
    PodSpec spec = PodDriverHarness.pod("runs", container("web", STAY), container("side", STAY));
    get(driver().pull(image()));

    PodStatus status = get(driver().run(spec));

    assertThat(status.id()).isEqualTo(spec.id());
    assertThat(status.isRunning()).isTrue();
    assertThat(status.address()).isPresent();
    assertThat(status.containers())
        .extracting(PodStatus.Container::name)
        .containsExactlyInAnyOrder("web", "side");
    assertThat(get(driver().status(spec.id())).map(PodStatus::isRunning)).contains(true);
  }

  @Test
  default void runningTwiceRunsOnce() throws Exception {
    PodSpec spec = PodDriverHarness.pod("twice", container("web", STAY));
    get(driver().pull(image()));

    PodStatus first = get(driver().run(spec));
    PodStatus second = get(driver().run(spec));

    assertThat(second.isRunning()).isTrue();
    assertThat(second.address()).isEqualTo(first.address());
    assertThat(get(driver().list())).hasSize(1);
  }

  @Test
  default void runningTwiceAtTheSameTimeRunsOnce() throws Exception {
    PodSpec spec = PodDriverHarness.pod("race", container("web", STAY));
    get(driver().pull(image()));

    CompletionStage<PodStatus> first = driver().run(spec);
    CompletionStage<PodStatus> second = driver().run(spec);

    assertThat(get(first).isRunning()).isTrue();
    assertThat(get(second).isRunning()).isTrue();
    assertThat(get(driver().list())).hasSize(1);
  }

  @Test
  default void statusOfAnUnknownPodIsEmpty() throws Exception {
    assertThat(get(driver().status(PodDriverHarness.id("unknown")))).isEmpty();
  }

  @Test
  default void removingAMissingPodSucceeds() throws Exception {
    get(driver().remove(PodDriverHarness.id("missing")));
  }

  @Test
  default void aRemovedPodIsGoneAndItsIdFree() throws Exception {
    PodSpec spec = PodDriverHarness.pod("again", container("web", STAY));
    get(driver().pull(image()));
    get(driver().run(spec));

    get(driver().remove(spec.id()));

    assertThat(get(driver().status(spec.id()))).isEmpty();
    assertThat(get(driver().list())).isEmpty();
    assertThat(get(driver().run(spec)).isRunning()).isTrue();
  }

  @Test
  default void seesOnlyThePodsOfItsOwnInstance() throws Exception {
    PodSpec own = PodDriverHarness.pod("shared", container("web", STAY));
    PodSpec foreign =
        new PodSpec(
            new PodId(OTHER_INSTANCE, "shared"),
            List.of(container("web", STAY)),
            PodDriverHarness.resources());
    get(driver().pull(image()));
    try (PodDriver other = connectAs(OTHER_INSTANCE)) {
      get(driver().run(own));
      get(other.run(foreign));
      try {
        get(driver().remove(foreign.id()));

        assertThat(get(driver().list())).extracting(PodStatus::id).containsExactly(own.id());
        assertThat(get(driver().status(foreign.id()))).isEmpty();
        assertThat(get(other.list())).extracting(PodStatus::id).containsExactly(foreign.id());
        assertThat(get(other.status(foreign.id())).map(PodStatus::isRunning)).contains(true);
      } finally {
        get(other.remove(foreign.id()));
      }
    }
  }

  @Test
  default void aPodOutlivesTheDriver() throws Exception {
    PodSpec spec = PodDriverHarness.pod("stays", container("web", STAY));
    PodStatus before;
    try (PodDriver first = connectAs(INSTANCE)) {
      get(first.pull(image()));
      before = get(first.run(spec));
    }

    assertThat(get(driver().list())).extracting(PodStatus::id).containsExactly(spec.id());
    PodStatus after = get(driver().status(spec.id())).orElseThrow();
    assertThat(after.isRunning()).isTrue();
    assertThat(after.address()).isEqualTo(before.address());
  }

  @Test
  default void tellsHowAContainerEnded() throws Exception {
    PodSpec spec =
        PodDriverHarness.pod("ends", container("web", STAY), container("side", "exit 3"));
    get(driver().pull(image()));
    get(driver().run(spec));
    exit(spec.id(), "side", 3);

    PodStatus status = await(spec.id(), seen -> !seen.isRunning());

    assertThat(PodDriverHarness.containerOf(status, "web").isRunning()).isTrue();
    assertThat(PodDriverHarness.containerOf(status, "side").isRunning()).isFalse();
    assertThat(PodDriverHarness.containerOf(status, "side").exitCode())
        .isEqualTo(OptionalInt.of(3));
    assertThat(get(driver().list())).extracting(PodStatus::id).containsExactly(spec.id());
  }

  @Test
  default void openingEgressTwiceSucceeds() throws Exception {
    PodSpec spec = PodDriverHarness.pod("egress", container("web", STAY));
    get(driver().pull(image()));
    get(driver().run(spec));

    get(driver().openEgress(spec.id()));
    get(driver().openEgress(spec.id()));
  }

  @Test
  default void cannotOpenTheEgressOfAnUnknownPod() {
    assertThat(reasonOf(driver().openEgress(PodDriverHarness.id("unknown"))))
        .isEqualTo(Reason.NO_SUCH_POD);
  }

  @Test
  default void hasNoPodsAtFirst() throws Exception {
    assertThat(get(driver().list())).isEmpty();
  }

  @Test
  default void listsWhatStatusTells() throws Exception {
    PodSpec spec = run("listed", STAY);

    PodStatus listed = get(driver().list()).get(0);

    PodStatus status = get(driver().status(spec.id())).orElseThrow();
    assertThat(listed.id()).isEqualTo(status.id());
    assertThat(listed.address()).isEqualTo(status.address());
    assertThat(listed.isRunning()).isTrue();
  }

  @Test
  default void doesNotRunAPodOfAnotherInstance() {
    PodSpec foreign =
        new PodSpec(
            new PodId(OTHER_INSTANCE, "foreign"),
            List.of(container("web", STAY)),
            PodDriverHarness.resources());

    assertThatThrownBy(() -> driver().run(foreign)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void reportsThePodsOfOtherInstancesAndNeverEndsThem() throws Exception {
    PodSpec foreign =
        new PodSpec(
            new PodId(OTHER_INSTANCE, "theirs"),
            List.of(container("web", STAY)),
            PodDriverHarness.resources());
    get(driver().pull(image()));
    run("ours", STAY);
    try (PodDriver other = connectAs(OTHER_INSTANCE)) {
      get(other.run(foreign));
      try {
        get(driver().stop(foreign.id()));
        get(driver().remove(foreign.id()));

        assertThat(get(driver().others())).containsExactly(foreign.id());
        assertThat(get(other.status(foreign.id())).map(PodStatus::isRunning)).contains(true);
      } finally {
        get(other.remove(foreign.id()));
      }
    }
    assertThat(get(driver().others())).isEmpty();
  }

  @Test
  default void stoppingAMissingPodSucceeds() throws Exception {
    get(driver().stop(PodDriverHarness.id("missing")));
  }

  @Test
  default void aStoppedPodStaysWithoutAnAddress() throws Exception {
    PodSpec spec = run("stops", STAY);

    get(driver().stop(spec.id()));
    get(driver().stop(spec.id()));

    PodStatus status = get(driver().status(spec.id())).orElseThrow();
    assertThat(status.isRunning()).isFalse();
    assertThat(status.address()).isEmpty();
    assertThat(PodDriverHarness.containerOf(status, "web").isRunning()).isFalse();
    assertThat(get(driver().list())).extracting(PodStatus::id).containsExactly(spec.id());
  }

  @Test
  default void aStoppedPodCanBeRunAnewAndRemoved() throws Exception {
    PodSpec spec = run("rises", STAY);
    get(driver().stop(spec.id()));

    assertThat(get(driver().run(spec)).isRunning()).isTrue();
    get(driver().stop(spec.id()));
    get(driver().remove(spec.id()));

    assertThat(get(driver().status(spec.id()))).isEmpty();
  }

  @Test
  default void aPodThatHasEndedIsRunAnew() throws Exception {
    PodSpec spec = run("ended", "exit 0");
    exit(spec.id(), "web", 0);
    await(spec.id(), seen -> !seen.isRunning());

    PodStatus status = get(driver().run(PodDriverHarness.pod("ended", container("web", STAY))));

    assertThat(status.isRunning()).isTrue();
    assertThat(get(driver().list())).hasSize(1);
  }

  @Test
  default void removesAPodThatIsAboutToRun() throws Exception {
    PodSpec spec = PodDriverHarness.pod("hasty", container("web", STAY));
    get(driver().pull(image()));

    CompletionStage<PodStatus> run = driver().run(spec);
    get(driver().remove(spec.id()));

    assertThat(run.toCompletableFuture()).isDone();
    assertThat(get(driver().status(spec.id()))).isEmpty();
  }

  @Test
  default void manyPodsRunAtOnceEachWithItsOwnStatus() throws Exception {
    runAtOnce(crowd());
  }

  default void runAtOnce(int count) throws Exception {
    get(driver().pull(image()));
    List<PodSpec> specs =
        IntStream.range(0, count)
            .mapToObj(i -> PodDriverHarness.pod("crowd" + i, container("web", STAY)))
            .toList();

    List<CompletionStage<PodStatus>> runs = specs.stream().map(driver()::run).toList();

    for (CompletionStage<PodStatus> run : runs) {
      assertThat(get(run).isRunning()).isTrue();
    }
    assertThat(get(driver().list()))
        .extracting(PodStatus::id)
        .containsExactlyInAnyOrderElementsOf(specs.stream().map(PodSpec::id).toList());
    List<CompletionStage<Void>> removals =
        specs.stream().map(spec -> driver().remove(spec.id())).toList();
    for (CompletionStage<Void> removal : removals) {
      get(removal);
    }
    assertThat(get(driver().list())).isEmpty();
  }

  @Test
  default void aPodMayHaveEgressFromItsStart() throws Exception {
    PodSpec spec =
        new PodSpec(
            PodDriverHarness.id("outgoing"),
            List.of(container("web", STAY)),
            PodDriverHarness.resources(),
            PodSpec.RestartPolicy.NEVER,
            true);
    get(driver().pull(image()));

    assertThat(get(driver().run(spec)).isRunning()).isTrue();
  }

  @Test
  default void aContainerIsStartedAgainIfItsPodSaysSo() throws Exception {
    PodSpec spec =
        new PodSpec(
            PodDriverHarness.id("again"),
            List.of(container("web", "sleep 1; exit 1")),
            PodDriverHarness.resources(),
            PodSpec.RestartPolicy.ON_FAILURE,
            false);
    get(driver().pull(image()));
    if (!has(Feature.RESTARTS)) {
      assertThat(reasonOf(driver().run(spec))).isEqualTo(Reason.UNSUPPORTED);
      return;
    }
    StreamCollector<PodEvent> events =
        this.<PodEvent>collector().readFrom(driver().events(), Long.MAX_VALUE);
    get(driver().run(spec));
    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));

    exit(spec.id(), "web", 1);

    PodDriverHarness.awaitEvent(events, new PodEvent.Exited(spec.id(), "web", 1));
    PodDriverHarness.awaitEvent(events, new PodEvent.Started(spec.id(), "web"));
  }

  @Test
  default void aLimitOfOneContainerIsKeptOrRefused() throws Exception {
    PodSpec.Container limited =
        new PodSpec.Container(
            "web",
            image(),
            List.of("sh", "-c", STAY),
            "",
            Map.of(),
            new PodSpec.Resources(1, 32, 16, 64));
    get(driver().pull(image()));

    CompletionStage<PodStatus> run = driver().run(PodDriverHarness.pod("limited", limited));

    if (has(Feature.CONTAINER_LIMITS)) {
      assertThat(get(run).isRunning()).isTrue();
    } else {
      assertThat(reasonOf(run)).isEqualTo(Reason.UNSUPPORTED);
    }
  }

  @Test
  default void aCancelledRunLeavesNothing() throws Exception {
    PodSpec spec = PodDriverHarness.pod("cancelled", container("web", STAY));
    get(driver().pull(image()));

    boolean isCancelled = driver().run(spec).toCompletableFuture().cancel(true);
    // What changes the same pod waits for what is left of the call.
    if (!isCancelled) {
      get(driver().remove(spec.id()));
    }
    get(driver().stop(spec.id()));

    assertThat(get(driver().status(spec.id()))).isEmpty();
  }

  @Test
  default void aClosedDriverFailsItsCalls() throws Exception {
    PodDriver closed = connectAs(INSTANCE);
    closed.close();

    assertThat(reasonOf(closed.list())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
  }
}
