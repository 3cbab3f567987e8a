package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codius.hyper.ExecResult;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Pods on a real containerd. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CriDriverIT {

  private static final String SERVE =
      "mkdir www; echo hello > www/index.html; httpd -f -p 80 -h www";

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
  void tellsWhatRunsThePods() throws Exception {
    RuntimeInfo runtime = host.get(host.driver().runtime());

    assertThat(runtime.name()).isEqualTo("containerd/runc");
    assertThat(runtime.isolation()).isEqualTo(Isolation.NAMESPACE);
  }

  @Test
  void aPodServesItsHostAndLeavesNothingBehind() throws Exception {
    PodSpec spec = host.pod("serves", host.container("web", SERVE));
    HostTraces before = HostTraces.of(host);

    PodStatus status = host.run(spec);
    String body = host.await(() -> host.http(status, 80, "index.html"), "hello\n"::equals);
    HostTraces during = HostTraces.of(host);
    host.get(host.driver().remove(spec.id()));

    assertThat(body).isEqualTo("hello\n");
    assertThat(during).isNotEqualTo(before);
    assertThat(host.await(() -> HostTraces.of(host), before::equals)).isEqualTo(before);
  }

  @Test
  void containersOfAPodShareTheLoopback() throws Exception {
    PodSpec spec =
        host.pod(
            "shares",
            host.container("web", SERVE),
            host.container(
                "client",
                "until timeout 5 wget -q -O - http://127.0.0.1/index.html; do sleep 0.1; done;"
                    + " echo the-end; sleep 600"));

    host.run(spec);

    assertThat(host.lines(spec.id())).contains("hello");
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void commandWorkdirAndEnvironmentAreTheSpecs() throws Exception {
    PodSpec spec =
        new PodSpec(
            host.id("env"),
            List.of(
                new PodSpec.Container(
                    "main",
                    host.registry().image(),
                    List.of("sh", "-c", "echo $FROM_IMAGE $SECRET; pwd; hostname; echo the-end"),
                    "/etc",
                    Map.of("SECRET", "wörd $HOME 'x'"))),
            TestHost.SMALL);

    host.run(spec);

    assertThat(host.lines(spec.id())).containsExactly("1 wörd $HOME 'x'", "/etc", "env");
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void removesPodsWhoseContainersEndAtThatMoment() throws Exception {
    for (int i = 0; i < 10; i++) {
      PodSpec spec = host.pod("brief" + i, host.container("main", "true"));
      host.run(spec);

      host.get(host.driver().remove(spec.id()));
    }

    assertThat(host.get(host.driver().list())).isEmpty();
  }

  @Test
  void programsThatTakeLongKeepNobodyFromLookingAndEndWhenNobodyWaits() throws Exception {
    PodSpec spec = host.pod("programs", host.container("main", "exec sleep 600"));
    host.run(spec);
    List<CompletableFuture<ExecResult>> programs = new ArrayList<>();
    int most = host.containerd().criConfig().limits().concurrentCalls();
    for (int i = 0; i < most; i++) {
      programs.add(
          host.driver()
              .exec(spec.id(), "main", List.of("sleep", "500"), Duration.ofMinutes(5))
              .toCompletableFuture());
    }
    host.await(() -> host.processes(spec.id()).size(), count -> count == most + 2);

    assertThat(host.get(host.driver().status(spec.id()))).isPresent();

    programs.forEach(program -> program.cancel(true));
    // One that is only just being started may get away from the runtime.
    host.await(() -> host.processes(spec.id()).size(), count -> count < most / 2);
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void tellsHowAContainerEnded() throws Exception {
    PodSpec spec = host.pod("ends", host.container("main", "exit 7"));
    host.run(spec);

    PodStatus status =
        host.awaitStatus(spec.id(), seen -> seen.containers().get(0).exitCode().isPresent());

    assertThat(status.isRunning()).isFalse();
    assertThat(status.containers().get(0).exitCode()).isEqualTo(OptionalInt.of(7));
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void anImageThatIsNotThereIsSaidToBeMissing() {
    assertFailure(
        host.driver().pull(host.registry().missingImage()),
        Reason.IMAGE_NOT_FOUND,
        "not found or not allowed");
  }

  @Test
  void aRegistryThatIsNotThereIsSaidToBeAway() {
    assertFailure(
        host.driver().pull("127.0.0.1:1/app@sha256:" + "0".repeat(64)),
        Reason.IMAGE_PULL_FAILED,
        "registry 127.0.0.1:1 gave no usable answer");
  }

  @Test
  void anImageThatWasNotPulledIsNotRun() throws Exception {
    PodSpec spec =
        new PodSpec(
            host.id("unpulled"),
            List.of(
                new PodSpec.Container(
                    "main", host.registry().missingImage(), List.of(), "", Map.of())),
            TestHost.SMALL);

    assertFailure(host.driver().run(spec), Reason.IMAGE_NOT_FOUND, "has not been pulled");
    assertThat(host.get(host.driver().list())).extracting(PodStatus::id).doesNotContain(spec.id());
  }

  @Test
  void aCommandThatIsNotThereTakesTheWholePodDown() throws Exception {
    PodSpec spec =
        host.pod(
            "nocommand",
            host.container("web", SERVE),
            new PodSpec.Container(
                "bad", host.registry().image(), List.of("nonesuch", "-x"), "", Map.of()));
    HostTraces before = HostTraces.of(host);

    assertFailure(host.driver().run(spec), Reason.COMMAND_NOT_FOUND, "does not have \"nonesuch\"");

    assertThat(host.get(host.driver().status(spec.id()))).isEmpty();
    assertThat(host.await(() -> HostTraces.of(host), before::equals)).isEqualTo(before);
  }

  @Test
  void aCommandByPathThatIsNotThereIsSaidToBeMissing() {
    PodSpec spec =
        host.pod(
            "nopath",
            new PodSpec.Container(
                "bad", host.registry().image(), List.of("/no/such"), "", Map.of()));

    assertFailure(host.driver().run(spec), Reason.COMMAND_NOT_FOUND, "\"/no/such\"");
  }

  @Test
  void aPodThatEndedIsRunAnew() throws Exception {
    PodSpec spec = host.pod("anew", host.container("main", "exit 0"));
    host.run(spec);
    host.awaitStatus(spec.id(), seen -> seen.containers().get(0).exitCode().isPresent());

    PodStatus again = host.run(host.pod("anew", host.container("main", "sleep 600")));

    assertThat(again.isRunning()).isTrue();
    assertThat(host.get(host.driver().list())).extracting(PodStatus::id).contains(spec.id());
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void podsOfAnotherInstanceAreNotSeen() throws Exception {
    PodSpec spec = host.pod("mine", host.container("main", "sleep 600"));
    host.run(spec);
    CriConfig own = host.containerd().criConfig();
    CriConfig others =
        CriConfig.of(
            "others", own.socket(), "runc", Isolation.NAMESPACE, host.root().resolve("others"));

    try (CriDriver other = CriDriver.connect(others)) {
      assertThat(host.get(other.list())).isEmpty();
      host.get(other.remove(spec.id()));
      other.firewall().remove();
    }

    assertThat(host.get(host.driver().status(spec.id())).map(PodStatus::isRunning)).contains(true);
    host.get(host.driver().remove(spec.id()));
  }

  private void assertFailure(CompletionStage<?> stage, Reason reason, String words) {
    ThrowingCallable wait = () -> host.get(stage);
    assertThatThrownBy(wait)
        .cause()
        .isInstanceOfSatisfying(
            PodDriverException.class, failure -> assertThat(failure.reason()).isEqualTo(reason))
        .hasMessageContaining(words);
  }
}
