package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo;
import org.junit.jupiter.api.Test;

/**
 * What every {@link PodDriver} promises. Run against the fake and the hyperd simulator, and against
 * containerd in an IT.
 *
 * <p>The containers run {@code sh -c} with {@code echo}, {@code sleep} and {@code exit}. Where
 * there are no real processes, {@link #write} and {@link #exit} do what the script would have done.
 */
public interface PodDriverContract {

  /**
   * Returns the driver under test, the same one throughout a test, of instance {@link #INSTANCE}.
   */
  PodDriver driver();

  /** Returns a new driver on the same runtime, for the test's own end to close. */
  PodDriver connectAs(String instance);

  /** Returns the name of an image that can be pulled and has {@code /bin/sh}. */
  String image();

  /** Returns the well-formed name of an image its registry does not have. */
  String missingImage();

  /** Lets a container write what its script says; nothing to do for a real one. */
  default void write(PodId id, String container, String text) {}

  /** Lets a container exit as its script says; nothing to do for a real one. */
  default void exit(PodId id, String container, int exitCode) {}

  /** Lets the runtime find no program of the next pod; nothing to do for a real one. */
  default void missProgram() {}

  /** Ends what {@link #missProgram} began. */
  default void findProgram() {}

  /** Returns how long anything may take here. */
  default Duration patience() {
    return Duration.ofSeconds(30);
  }

  /** The instance of {@link #driver}. */
  String INSTANCE = "contract";

  /** Another one. */
  String OTHER_INSTANCE = "other";

  /** Stays until it is removed. */
  String STAY = "sleep 600";

  /** Says something, and something more two seconds later. */
  String TALK = "echo first; sleep 2; echo later; sleep 600";

  @Test
  default void tellsWhatRunsThePods() throws Exception {
    RuntimeInfo runtime = get(driver().runtime());

    assertThat(runtime.name()).isNotBlank();
    assertThat(runtime.version()).isNotBlank();
  }

  @Test
  default void runsAPod() throws Exception {
    PodSpec spec = pod("runs", container("web", STAY), container("side", STAY));
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
    PodSpec spec = pod("twice", container("web", STAY));
    get(driver().pull(image()));

    PodStatus first = get(driver().run(spec));
    PodStatus second = get(driver().run(spec));

    assertThat(second.isRunning()).isTrue();
    assertThat(second.address()).isEqualTo(first.address());
    assertThat(get(driver().list())).hasSize(1);
  }

  @Test
  default void runningTwiceAtTheSameTimeRunsOnce() throws Exception {
    PodSpec spec = pod("race", container("web", STAY));
    get(driver().pull(image()));

    CompletionStage<PodStatus> first = driver().run(spec);
    CompletionStage<PodStatus> second = driver().run(spec);

    assertThat(get(first).isRunning()).isTrue();
    assertThat(get(second).isRunning()).isTrue();
    assertThat(get(driver().list())).hasSize(1);
  }

  @Test
  default void pullingTwiceSucceeds() throws Exception {
    get(driver().pull(image()));
    get(driver().pull(image()));
  }

  @Test
  default void saysThatAnImageDoesNotExist() {
    assertThat(reasonOf(driver().pull(missingImage()))).isEqualTo(Reason.IMAGE_NOT_FOUND);
  }

  @Test
  default void statusOfAnUnknownPodIsEmpty() throws Exception {
    assertThat(get(driver().status(id("unknown")))).isEmpty();
  }

  @Test
  default void removingAMissingPodSucceeds() throws Exception {
    get(driver().remove(id("missing")));
  }

  @Test
  default void aRemovedPodIsGoneAndItsIdFree() throws Exception {
    PodSpec spec = pod("again", container("web", STAY));
    get(driver().pull(image()));
    get(driver().run(spec));

    get(driver().remove(spec.id()));

    assertThat(get(driver().status(spec.id()))).isEmpty();
    assertThat(get(driver().list())).isEmpty();
    assertThat(get(driver().run(spec)).isRunning()).isTrue();
  }

  @Test
  default void aFailedStartLeavesNothing() throws Exception {
    PodSpec broken =
        pod(
            "broken",
            container("web", STAY),
            new PodSpec.Container("side", image(), List.of("/no/such/program"), "", Map.of()));
    PodSpec mended = pod("broken", container("web", STAY), container("side", STAY));
    get(driver().pull(image()));

    missProgram();
    Reason reason = reasonOf(driver().run(broken));
    findProgram();

    assertThat(reason).isIn(Reason.COMMAND_NOT_FOUND, Reason.START_FAILED);
    assertThat(get(driver().status(broken.id()))).isEmpty();
    assertThat(get(driver().list())).isEmpty();
    assertThat(get(driver().run(mended)).isRunning()).isTrue();
  }

  @Test
  default void seesOnlyThePodsOfItsOwnInstance() throws Exception {
    PodSpec own = pod("shared", container("web", STAY));
    PodSpec foreign =
        new PodSpec(
            new PodId(OTHER_INSTANCE, "shared"), List.of(container("web", STAY)), resources());
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
    PodSpec spec = pod("stays", container("web", STAY));
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
    PodSpec spec = pod("ends", container("web", STAY), container("side", "exit 3"));
    get(driver().pull(image()));
    get(driver().run(spec));
    exit(spec.id(), "side", 3);

    PodStatus status = await(spec.id(), seen -> !seen.isRunning());

    assertThat(container(status, "web").isRunning()).isTrue();
    assertThat(container(status, "side").isRunning()).isFalse();
    assertThat(container(status, "side").exitCode()).isEqualTo(OptionalInt.of(3));
    assertThat(get(driver().list())).extracting(PodStatus::id).containsExactly(spec.id());
  }

  @Test
  default void openingEgressTwiceSucceeds() throws Exception {
    PodSpec spec = pod("egress", container("web", STAY));
    get(driver().pull(image()));
    get(driver().run(spec));

    get(driver().openEgress(spec.id()));
    get(driver().openEgress(spec.id()));
  }

  @Test
  default void cannotOpenTheEgressOfAnUnknownPod() {
    assertThat(reasonOf(driver().openEgress(id("unknown")))).isEqualTo(Reason.NO_SUCH_POD);
  }

  @Test
  default void logsWithoutFollowingEndWithTheLinesThereAre() throws Exception {
    PodSpec spec = pod("said", container("web", "echo one; echo two; sleep 600"));
    get(driver().pull(image()));
    get(driver().run(spec));
    write(spec.id(), "web", "one");
    write(spec.id(), "web", "two");
    awaitLine(spec.id(), "two");

    LogCollector log = collector().readFrom(driver().logs(spec.id(), LogQuery.ALL), Long.MAX_VALUE);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("one", "two");
  }

  @Test
  default void followedLogsBringLaterLinesUntilCancelled() throws Exception {
    PodSpec spec = pod("talks", container("web", TALK));
    get(driver().pull(image()));
    get(driver().run(spec));
    LogCollector log =
        collector().readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), Long.MAX_VALUE);

    write(spec.id(), "web", "first");
    LogLine first = log.next();
    write(spec.id(), "web", "later");
    LogLine later = log.next();
    log.cancel();

    assertThat(first.text()).isEqualTo("first");
    assertThat(first.container()).isEqualTo("web");
    assertThat(first.stream()).isEqualTo(LogLine.Stream.STDOUT);
    assertThat(later.text()).isEqualTo("later");
    assertThat(get(driver().status(spec.id())).map(PodStatus::isRunning)).contains(true);
  }

  @Test
  default void followedLogsEndWithThePod() throws Exception {
    PodSpec spec = pod("stops", container("web", TALK));
    get(driver().pull(image()));
    get(driver().run(spec));
    LogCollector log =
        collector().readFrom(driver().logs(spec.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
    write(spec.id(), "web", "first");
    log.next();

    get(driver().remove(spec.id()));

    get(log.end());
  }

  @Test
  default void logsComeOnlyAsFastAsTheyAreAskedFor() throws Exception {
    PodSpec spec = pod("waits", container("web", "echo one; echo two; sleep 600"));
    get(driver().pull(image()));
    get(driver().run(spec));
    write(spec.id(), "web", "one");
    write(spec.id(), "web", "two");
    awaitLine(spec.id(), "two");
    LogCollector log = collector().readFrom(driver().logs(spec.id(), LogQuery.ALL), 1);

    assertThat(log.next().text()).isEqualTo("one");
    assertThat(log.rest()).isEmpty();
    assertThat(log.end()).isNotDone();

    log.request(1);
    assertThat(log.next().text()).isEqualTo("two");
    get(log.end());
  }

  @Test
  default void thereAreNoLogsOfAnUnknownPod() throws Exception {
    LogCollector log = collector().readFrom(driver().logs(id("unknown"), LogQuery.ALL), 1);

    assertThat(reasonOf(log.end())).isEqualTo(Reason.NO_SUCH_POD);
  }

  // What follows is not a promise but help to make them.

  private static PodId id(String name) {
    return new PodId(INSTANCE, name);
  }

  private static PodSpec pod(String name, PodSpec.Container... containers) {
    return new PodSpec(id(name), List.of(containers), resources());
  }

  private PodSpec.Container container(String name, String script) {
    return new PodSpec.Container(name, image(), List.of("sh", "-c", script), "", Map.of());
  }

  private static PodSpec.Resources resources() {
    return new PodSpec.Resources(1, 64, 64, 1024);
  }

  private static PodStatus.Container container(PodStatus status, String name) {
    return status.containers().stream()
        .filter(container -> container.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private LogCollector collector() {
    return new LogCollector(patience());
  }

  private <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  private Reason reasonOf(CompletionStage<?> stage) {
    Throwable failure = catchThrowable(() -> get(stage));
    while (failure instanceof ExecutionException || failure instanceof CompletionException) {
      failure = failure.getCause();
    }
    if (failure instanceof PodDriverException podDriverException) {
      return podDriverException.reason();
    }
    throw new AssertionError("no PodDriverException", failure);
  }

  private PodStatus await(PodId id, Predicate<PodStatus> expected) throws Exception {
    long deadline = System.nanoTime() + patience().toNanos();
    Optional<PodStatus> status = get(driver().status(id));
    while (status.filter(expected).isEmpty()) {
      assertThat(System.nanoTime()).as("patience with %s", status).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      status = get(driver().status(id));
    }
    return status.get();
  }

  private void awaitLine(PodId id, String text) throws Exception {
    LogCollector log = collector().readFrom(driver().logs(id, LogQuery.FOLLOW), Long.MAX_VALUE);
    while (!log.next().text().equals(text)) {
      assertThat(log.end()).as("log before \"%s\"", text).isNotDone();
    }
    log.cancel();
  }
}
