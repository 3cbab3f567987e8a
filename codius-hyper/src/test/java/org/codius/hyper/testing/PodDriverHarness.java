package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo.Feature;

/**
 * A driver that keeps its promises or not, and what a test of one needs.
 *
 * <p>The containers run {@code sh -c} with {@code echo}, {@code sleep} and {@code exit}. Where
 * there are no real processes, {@link #write}, {@link #exit} and {@link #answerExec} do what the
 * script would have done.
 */
public interface PodDriverHarness {

  /** The instance of {@link #driver}. */
  String INSTANCE = "contract";

  /** Another one. */
  String OTHER_INSTANCE = "other";

  /** Stays until it is removed. */
  String STAY = "sleep 600";

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

  /** Lets the registry have what {@link #missingImage} names, or skips the test. */
  default void publishMissingImage() {
    assumeThat(false).as("a registry that gets an image during a test").isTrue();
  }

  /** Lets a container write what its script says; nothing to do for a real one. */
  default void write(PodId id, String container, String text) {}

  /** Lets a container exit as its script says; nothing to do for a real one. */
  default void exit(PodId id, String container, int exitCode) {}

  /** Lets programs run in the pod's containers end so; nothing to do for real ones. */
  default void answerExec(PodId id, ExecResult result) {}

  /** Lets the runtime find no program of the next pod; nothing to do for a real one. */
  default void missProgram() {}

  /** Ends what {@link #missProgram} began. */
  default void findProgram() {}

  /** Returns a variable as the container has it. */
  default String variableOf(PodId id, String container, String name) throws Exception {
    return printed(id, container, "printf %s \"$" + name + "\"");
  }

  /** Returns the command as the container's first process was given it. */
  default List<String> commandOf(PodId id, String container) throws Exception {
    return Arrays.asList(printed(id, container, "cat /proc/1/cmdline").split("\0", -1));
  }

  private String printed(PodId id, String container, String script) throws Exception {
    assumeThat(has(Feature.EXEC)).as("exec").isTrue();
    return get(driver().exec(id, container, List.of("sh", "-c", script), patience())).stdout();
  }

  /** Returns how many pods to run at once. */
  default int crowd() {
    return 50;
  }

  /** Returns how long anything may take here. */
  default Duration patience() {
    return Duration.ofSeconds(60);
  }

  // What follows is help to make the promises.

  static PodId id(String name) {
    return new PodId(INSTANCE, name);
  }

  static PodSpec pod(String name, PodSpec.Container... containers) {
    return new PodSpec(id(name), List.of(containers), resources());
  }

  static PodSpec.Resources resources() {
    return new PodSpec.Resources(1, 64, 64, 1024);
  }

  static PodStatus.Container containerOf(PodStatus status, String name) {
    return status.containers().stream()
        .filter(container -> container.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  default PodSpec.Container container(String name, String script) {
    return new PodSpec.Container(name, image(), List.of("sh", "-c", script), "", Map.of());
  }

  /** Pulls the image and runs a pod of one container {@code web} with this script. */
  default PodSpec run(String name, String script) throws Exception {
    PodSpec spec = pod(name, container("web", script));
    get(driver().pull(image()));
    get(driver().run(spec));
    return spec;
  }

  default <T> StreamCollector<T> collector() {
    return new StreamCollector<>(patience());
  }

  default boolean has(Feature feature) throws Exception {
    return get(driver().runtime()).has(feature);
  }

  default <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
  }

  default Reason reasonOf(CompletionStage<?> stage) {
    return failureOf(stage).reason();
  }

  default PodDriverException failureOf(CompletionStage<?> stage) {
    Throwable failure = catchThrowable(() -> get(stage));
    while (failure instanceof ExecutionException || failure instanceof CompletionException) {
      failure = failure.getCause();
    }
    if (failure instanceof PodDriverException podDriverException) {
      return podDriverException;
    }
    throw new AssertionError("no PodDriverException", failure);
  }

  default PodStatus await(PodId id, Predicate<PodStatus> expected) throws Exception {
    long deadline = System.nanoTime() + patience().toNanos();
    Optional<PodStatus> status = get(driver().status(id));
    while (status.filter(expected).isEmpty()) {
      assertThat(System.nanoTime()).as("patience with %s", status).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      status = get(driver().status(id));
    }
    return status.get();
  }

  default void awaitLine(PodId id, String text) throws Exception {
    StreamCollector<LogLine> log =
        this.<LogLine>collector().readFrom(driver().logs(id, LogQuery.FOLLOW), Long.MAX_VALUE);
    while (!log.next().text().equals(text)) {
      assertThat(log.end()).as("log before \"%s\"", text).isNotDone();
    }
    log.cancel();
  }

  /** Waits for an event, whatever comes before it. */
  static void awaitEvent(StreamCollector<PodEvent> events, PodEvent expected) throws Exception {
    PodEvent event = events.next();
    while (!event.equals(expected)) {
      event = events.next();
    }
  }
}
