package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.PullProgress;
import org.junit.jupiter.api.Test;

/** What hyperd does that one would not expect, and what the driver makes of it: pods. */
class HyperdTrapsTest extends HyperdLab {

  @Test
  void aPullTellsHowFarItIs() throws Exception {
    List<PullProgress> progress = new CopyOnWriteArrayList<>();

    get(driver.pull(WEB.tagged(), ImageLimits.DEFAULT, progress::add));

    assertThat(progress).isNotEmpty();
    assertThat(progress).allMatch(each -> each.bytes() > 0 && each.totalBytes() > each.bytes());
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
    startWithAnAddressThatIsTaken(newer);

    assertThat(get(driver.list()))
        .filteredOn(pod -> pod.id().equals(id("one")))
        .extracting(pod -> pod.address().orElseThrow())
        .containsExactly(address);
    assertThat(get(driver.run(newer)).address()).isPresent().isNotEqualTo(Optional.of(address));
  }

  /** Starts it without the driver's help, and waits until it is stopped, without an address. */
  private void startWithAnAddressThatIsTaken(PodSpec newer) throws Exception {
    send(HttpMethod.POST, "/pod/create", PodJson.of(newer, List.of()).toString());
    Optional<PodStatus> status = get(driver.status(newer.id()));
    while (!status.map(now -> now.containers().toString().contains("down")).orElse(true)) {
      assertThat(status.flatMap(PodStatus::address)).isEmpty();
      status = get(driver.status(newer.id()));
    }
  }

  @Test
  void aPodOfOursThatGotTheAddressOfAnotherInstancesIsStoppedAndRunAnew() throws Exception {
    send(HttpMethod.POST, "/pod/create", "{\"id\":\"someone-elses\"}");
    hyperd.restartKeepingMachines();
    assertThat(get(driver.list())).isEmpty(); // and someone else's is known by then
    PodSpec newer = pod("two", "web");
    startWithAnAddressThatIsTaken(newer);

    assertThat(hyperd.pods()).contains("someone-elses");
    assertThat(get(driver.run(newer)).address()).isPresent();
  }

  @Test
  void idsThatHyperdTakesForNumbersAreNotReadBack() throws Exception {
    assertThat(send(HttpMethod.POST, "/pod/create", "{\"id\":\"12345\"}").path("ID").isNumber())
        .isTrue();

    assertThat(get(driver.others())).isEmpty();
    assertThat(get(driver.run(pod("12345", "web"))).id()).isEqualTo(id("12345"));
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
}
