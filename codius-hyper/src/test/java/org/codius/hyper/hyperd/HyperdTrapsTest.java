package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.ExecResult;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.HyperdSimulator.Fault;
import org.codius.hyper.testing.SimulatedImage;
import org.codius.hyper.testing.StreamCollector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hyperd does that one would not expect, and what the driver makes of it. */
class HyperdTrapsTest {

  private static final String INSTANCE = "traps";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final SimulatedImage BUSYBOX = HyperdDriverTest.BUSYBOX;
  private static final SimulatedImage WEB =
      SimulatedImage.of("127.0.0.1:5000/web", "latest", "sha256:" + "7".repeat(64));

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private HyperdSimulator hyperd;
  private HyperdConfig config;
  private HyperdConnection connection;
  private HyperdDriver driver;

  @BeforeEach
  void start() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    hyperd.publish(BUSYBOX);
    hyperd.publish(WEB);
    hyperd.load(BUSYBOX);
    config =
        new HyperdConfig(
            folder.resolve("hyper.sock"),
            INSTANCE,
            null,
            HyperdDriverTest.TIMEOUTS,
            HyperdConfig.Limits.DEFAULT);
    connection = new HyperdConnection(config, group);
    driver = HyperdDriver.connect(config, group);
  }

  @AfterEach
  void stop() {
    driver.close();
    connection.close();
    hyperd.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void anErrorInsideASuccessfulPullIsAFailure() {
    hyperd.failPullsInStream("127.0.0.1:5999", "dial tcp 127.0.0.1:5999: connection refused");

    assertThat(reasonOf(driver.pull("127.0.0.1:5999/busybox:1.35")))
        .isEqualTo(Reason.IMAGE_PULL_FAILED);
    assertThat(reasonOf(driver.pull("127.0.0.1:5000/nosuch:latest")))
        .isEqualTo(Reason.IMAGE_NOT_FOUND);
  }

  @Test
  void aHostThatDoesNotResolveIsNotAMissingImageThoughHyperdSays404() {
    hyperd.failPullsAtOnce("nosuchhost.invalid", "dial tcp: no such host");

    assertThat(reasonOf(driver.pull("nosuchhost.invalid/busybox:1.35")))
        .isEqualTo(Reason.IMAGE_PULL_FAILED);
  }

  @Test
  void aCreationThatIsGivenUpIsUndoneWhenItIsDone() throws Exception {
    driver = impatient();
    hyperd.failNext("/pod/create", Fault.IS_SILENT);

    assertThat(reasonOf(driver.run(pod("late", "web")))).isEqualTo(Reason.TIMEOUT);

    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void aCreationThatIsGivenUpIsWaitedForWhileItIsPending() throws Exception {
    driver = impatient();
    CompletableFuture<Void> boot = hyperd.holdBoots();
    String lookAtLate = "/list?item=pod&pod=" + id("late");
    hyperd.beforeNext(
        "/pod/create",
        () ->
            hyperd.beforeNext(
                lookAtLate, () -> hyperd.beforeNext(lookAtLate, () -> boot.complete(null))));

    assertThat(reasonOf(driver.run(pod("late", "web")))).isEqualTo(Reason.TIMEOUT);

    assertThat(boot).isDone();
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void aStartThatWasNotAnsweredButDoneIsASuccess() throws Exception {
    driver = impatient();
    hyperd.failNext("/pod/start", Fault.IS_SILENT);

    assertThat(get(driver.run(pod("started", "web"))).isRunning()).isTrue();
  }

  @Test
  void aRemovalThatWasNotAnsweredButDoneIsASuccess() throws Exception {
    driver = impatient();
    PodSpec pod = pod("removed", "web");
    get(driver.run(pod));

    hyperd.failNext("/pod", Fault.IS_SILENT);
    get(driver.remove(pod.id()));

    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void anotherClientThatCreatesTheSamePodIsNoFailure() throws Exception {
    PodSpec pod = pod("both", "web");
    CompletionStage<PodStatus> one = driver.run(pod);
    try (HyperdDriver other = HyperdDriver.connect(config, group)) {
      CompletionStage<PodStatus> two = other.run(pod);

      assertThat(get(one).isRunning()).isTrue();
      assertThat(get(two).id()).isEqualTo(pod.id());
    }
    assertThat(hyperd.pods()).containsExactly(pod.id().toString());
  }

  @Test
  void aPodThatWasCreatedButNotStartedIsStarted() throws Exception {
    PodSpec pod = pod("half", "web");
    send(HttpMethod.POST, "/pod/create", PodJson.of(pod, List.of()).toString());
    assertThat(get(driver.status(pod.id())).map(PodStatus::isRunning)).contains(false);

    assertThat(get(driver.run(pod)).isRunning()).isTrue();
  }

  @Test
  void aContainerLeakedByAFailedCreationIsAdoptedAndRemoved() throws Exception {
    PodSpec pod =
        new PodSpec(
            id("leaks"),
            List.of(container("first", BUSYBOX.tagged()), container("second", WEB.tagged())),
            new PodSpec.Resources(1, 64, 64, 1024));

    assertThat(reasonOf(driver.run(pod))).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(hyperd.pods()).isEmpty();
    get(driver.pull(WEB.tagged()));

    assertThat(get(driver.run(pod)).isRunning()).isTrue();
    assertThat(hyperd.pods()).containsExactly(pod.id().toString());
  }

  @Test
  void allContainersLeakedByACrashOfTheHostAreAdoptedAndRemoved() throws Exception {
    PodSpec pod = pod("crashes", "one", "two", "three", "four", "five", "six");
    get(driver.run(pod));

    hyperd.restartAfterCrash();
    assertThat(get(driver.list())).isEmpty();

    assertThat(get(driver.run(pod)).isRunning()).isTrue();
  }

  /** The original took a pod for running for as long as hyperd knew it. */
  @Test
  void aPodWhoseContainersHaveEndedIsNotRunningThoughHyperdSaysSo() throws Exception {
    PodSpec pod = pod("ended", "web");
    get(driver.run(pod));
    hyperd.exit(pod.id() + "__web", 0);

    PodStatus ended = get(driver.status(pod.id())).orElseThrow();
    assertThat(ended.isRunning()).isFalse();
    assertThat(ended.containers().get(0).exitCode()).hasValue(0);

    assertThat(get(driver.run(pod)).isRunning()).isTrue();
  }

  @Test
  void aPodGetsNoAddressThatARunningOneHasAfterHyperdForgotThem() throws Exception {
    get(driver.run(pod("one", "web")));
    get(driver.run(pod("two", "web")));

    hyperd.restartKeepingMachines();
    get(driver.run(pod("three", "web")));

    List<InetAddress> addresses =
        get(driver.list()).stream().flatMap(pod -> pod.address().stream()).toList();
    assertThat(addresses).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void theNewerOfTwoPodsOfOursWithOneAddressIsStoppedAndTheOlderKeepsIt() throws Exception {
    InetAddress address = get(driver.run(pod("one", "web"))).address().orElseThrow();
    hyperd.restartKeepingMachines();
    PodSpec newer = pod("two", "web");
    send(HttpMethod.POST, "/pod/create", PodJson.of(newer, List.of()).toString());

    Optional<PodStatus> two = get(driver.status(newer.id()));
    while (!two.map(status -> status.containers().toString().contains("down")).orElse(true)) {
      assertThat(two.flatMap(PodStatus::address)).isEmpty();
      two = get(driver.status(newer.id()));
    }

    assertThat(get(driver.list()))
        .filteredOn(pod -> pod.id().equals(id("one")))
        .extracting(pod -> pod.address().orElseThrow())
        .containsExactly(address);
    assertThat(get(driver.run(newer)).address()).isPresent().isNotEqualTo(Optional.of(address));
  }

  @Test
  void anImageLargerThanAllowedIsRefusedAndDeleted() throws Exception {
    assertThat(reasonOf(driver.pull(WEB.digested(), new ImageLimits(1000, 1 << 20, 10), any -> {})))
        .isEqualTo(Reason.IMAGE_TOO_LARGE);
  }

  @Test
  void idsThatHyperdTakesForNumbersAreNotReadBack() throws Exception {
    assertThat(send(HttpMethod.POST, "/pod/create", "{\"id\":\"12345\"}").path("ID").isNumber())
        .isTrue();

    assertThat(get(driver.others())).isEmpty();
    assertThat(get(driver.run(pod("12345", "web"))).id()).isEqualTo(id("12345"));
  }

  @Test
  void aProgramWhoseInputIsClosedEndsThoughItReads() throws Exception {
    PodSpec pod = pod("reads", "web");
    get(driver.run(pod));
    hyperd.answerExec(
        (command, input, isInputAtEnd) ->
            isInputAtEnd ? Optional.of(new ExecResult(0, "end", "")) : Optional.empty());

    assertThat(get(driver.exec(pod.id(), "web", List.of("cat"), PATIENCE)).stdout())
        .isEqualTo("end");
  }

  @Test
  void aProgramThatIsNotInTheImageIsNotRun() throws Exception {
    PodSpec pod = pod("lacks", "web");
    get(driver.run(pod));
    hyperd.answerExec(
        (command, input, isInputAtEnd) ->
            Optional.of(new ExecResult(127, "", "exec failed: No such file or directory\n")));

    assertThat(reasonOf(driver.exec(pod.id(), "web", List.of("nosuch"), PATIENCE)))
        .isEqualTo(Reason.COMMAND_NOT_FOUND);
  }

  @Test
  void anAddressTwoPodsHaveIsToldOfNeither() throws Exception {
    get(driver.run(pod("one", "web")));
    hyperd.restartKeepingMachines();
    send(HttpMethod.POST, "/pod/create", "{\"id\":\"someone-elses\"}");

    try (HyperdDriver fresh = HyperdDriver.connect(config, group)) {
      assertThat(get(fresh.status(id("one"))).flatMap(PodStatus::address)).isEmpty();
      assertThat(get(fresh.list())).hasSize(1);
    }
  }

  @Test
  void theAddressOfAPodThatWasStoppedAndStartedIsNotBelieved() throws Exception {
    PodSpec pod = pod("moves", "web");
    InetAddress before = get(driver.run(pod)).address().orElseThrow();
    send(HttpMethod.POST, "/pod/stop?podId=" + pod.id(), "");
    get(driver.run(pod("takes", "web")));
    send(HttpMethod.POST, "/pod/start?podId=" + pod.id(), "");

    JsonNode told = send(HttpMethod.GET, "/pod/info?podName=" + pod.id(), "");
    assertThat(told.at("/status/podIP/0").asText()).startsWith(before.getHostAddress());
    assertThat(get(driver.status(pod.id())).flatMap(PodStatus::address)).isEmpty();
    assertThat(get(driver.run(pod)).address()).isPresent().isNotEqualTo(Optional.of(before));
  }

  /** The original forgot all its pods when one of hyperd's was not running. */
  @Test
  void podsInWhateverStateDoNotHideOthers() throws Exception {
    get(driver.run(pod("runs", "web")));
    get(driver.run(pod("dies", "web")));
    get(driver.run(pod("sleeps", "web")));
    hyperd.killMachine(id("dies").toString());
    send(HttpMethod.POST, "/pod/pause?podId=" + id("sleeps"), "");
    send(HttpMethod.POST, "/pod/create", "{\"id\":\"We ird:Id/1\",\"hostname\":\"weird\"}");
    send(HttpMethod.POST, "/pod/create", "{\"id\":\"12345\"}");
    CompletableFuture<Void> boot = hyperd.holdBoots();
    CompletionStage<PodStatus> booting = driver.run(pod("boots", "web"));
    while (!hyperd.pods().contains(id("boots").toString())) {
      get(driver.list());
    }

    List<PodStatus> pods = get(driver.list());

    assertThat(pods)
        .extracting(PodStatus::id)
        .containsExactlyInAnyOrder(id("runs"), id("dies"), id("sleeps"), id("boots"));
    assertThat(pods)
        .filteredOn(PodStatus::isRunning)
        .extracting(PodStatus::id)
        .containsExactly(id("runs"));
    boot.complete(null);
    assertThat(get(booting).isRunning()).isTrue();
  }

  @Test
  void aPodThatHyperdLostIsGoneAndOneThatItStoppedIsRunAnew() throws Exception {
    PodSpec pod = pod("back", "web");
    get(driver.run(pod));

    hyperd.restartStoppingMachines();

    PodStatus stopped = get(driver.status(pod.id())).orElseThrow();
    assertThat(stopped.isRunning()).isFalse();
    assertThat(stopped.address()).isEmpty();
    assertThat(get(driver.run(pod)).isRunning()).isTrue();
  }

  @Test
  void aProgramThatIsNotThereIsSeenFromItsExitCode() throws Exception {
    PodSpec pod = pod("typo", "web");
    hyperd.beforeNext(
        "/pod/start",
        () ->
            hyperd.beforeNext(
                "/list?item=pod&pod=" + pod.id(), () -> hyperd.exit(pod.id() + "__web", 127)));

    assertThat(reasonOf(driver.run(pod))).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void logsOfAContainerThatHasEndedAreNotFollowedForEver() throws Exception {
    PodSpec pod = pod("brief", "web");
    get(driver.run(pod));
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDERR, "bye");
    hyperd.exit(pod.id() + "__web", 1);

    StreamCollector<LogLine> log = follow(pod);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("bye");
  }

  @Test
  void logsOfAContainerThatEndsJustBeforeTheyAreFollowedEnd() throws Exception {
    PodSpec pod = pod("brief", "web");
    get(driver.run(pod));
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDOUT, "bye");
    hyperd.beforeNext("/container/logs", () -> hyperd.exit(pod.id() + "__web", 0));

    StreamCollector<LogLine> log = follow(pod);
    get(log.end());

    assertThat(log.rest()).extracting(LogLine::text).containsExactly("bye");
  }

  @Test
  void silenceOfAContainerThatRunsIsNotItsEnd() throws Exception {
    PodSpec pod = pod("quiet", "web", "side");
    get(driver.run(pod));
    StreamCollector<LogLine> log = follow(pod);

    hyperd.exit(pod.id() + "__side", 0);
    CompletableFuture<Void> checked = new CompletableFuture<>();
    hyperd.beforeNext(
        "/pod/info", () -> hyperd.beforeNext("/pod/info", () -> checked.complete(null)));
    get(checked);
    hyperd.write(pod.id() + "__web", LogLine.Stream.STDOUT, "still here");

    assertThat(log.next().text()).isEqualTo("still here");
    assertThat(log.end()).isNotDone();
    log.cancel();
  }

  @Test
  void saysThatHyperdIsNotThere() {
    hyperd.close();

    assertThat(reasonOf(driver.runtime())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    assertThat(reasonOf(driver.list())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    assertThat(reasonOf(driver.run(pod("none", "web")))).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
  }

  @Test
  void anAnswerLongerThanAllowedIsAFailure() throws Exception {
    for (int i = 0; i < 20; i++) {
      send(HttpMethod.POST, "/pod/create", "{\"id\":\"" + "x".repeat(40) + i + "\"}");
    }
    HyperdConfig tight =
        new HyperdConfig(
            config.socket(),
            INSTANCE,
            null,
            config.timeouts(),
            new HyperdConfig.Limits(4, 64, 1024, 1024));
    try (HyperdDriver limited = HyperdDriver.connect(tight, group)) {
      assertThat(reasonOf(limited.list())).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    }
  }

  private StreamCollector<LogLine> follow(PodSpec pod) throws Exception {
    return new StreamCollector<LogLine>(PATIENCE)
        .readFrom(driver.logs(pod.id(), LogQuery.FOLLOW), Long.MAX_VALUE);
  }

  /** Returns a driver that soon gives up what is never answered. */
  private HyperdDriver impatient() {
    HyperdConfig.Timeouts timeouts =
        new HyperdConfig.Timeouts(
            config.timeouts().call(),
            SHORT,
            SHORT,
            SHORT,
            config.timeouts().pull(),
            config.timeouts().logSilence(),
            config.timeouts().watch());
    driver.close();
    return HyperdDriver.connect(
        new HyperdConfig(config.socket(), INSTANCE, null, timeouts, config.limits()), group);
  }

  private JsonNode send(HttpMethod method, String uri, String json) throws Exception {
    HyperdRequest request = new HyperdRequest(uri, method, uri, json, PATIENCE);
    return Json.parse(get(connection.call(request)).body());
  }

  private static PodId id(String name) {
    return new PodId(INSTANCE, name);
  }

  private static PodSpec pod(String name, String... containers) {
    return new PodSpec(
        id(name),
        Arrays.stream(containers).map(container -> container(container, BUSYBOX.tagged())).toList(),
        new PodSpec.Resources(1, 64, 64, 1024));
  }

  private static PodSpec.Container container(String name, String image) {
    return new PodSpec.Container(
        name, image, List.of("sleep", "600"), "", Map.of("SECRET", "s3cret"));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Reason reasonOf(CompletionStage<?> stage) {
    Throwable failure = catchThrowable(() -> get(stage));
    while (failure instanceof ExecutionException || failure instanceof CompletionException) {
      failure = failure.getCause();
    }
    if (failure instanceof PodDriverException podDriverException) {
      return podDriverException.reason();
    }
    throw new AssertionError("no PodDriverException", failure);
  }
}
