package org.codius.hyper.cri;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PullProgress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images and commands that a real containerd cannot run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

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
  void aDigestThatTheContentDoesNotHaveIsRefused() throws Exception {
    String image = host.registry().addUnder("forged", "2".repeat(64), TestImage.ofFile("f", 1));

    PodDriverException failure = failure(host.driver().pull(image));

    assertThat(failure.reason()).isIn(Reason.IMAGE_PULL_FAILED, Reason.IMAGE_UNUSABLE);
    assertThat(failure).hasMessageContaining("/forged@sha256:222");
    assertNothingLeft();
  }

  @Test
  void anImageForAnotherMachineIsRefused() throws Exception {
    String image = host.registry().add("foreign", TestImage.ofOtherArchitecture());

    PodDriverException failure = failure(host.driver().pull(image));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNUSABLE);
    assertThat(failure).hasMessageContaining("/foreign@").hasMessageContaining("s390x");
    assertNothingLeft();
  }

  /** containerd does not say how far it is; how much there is to pull, the manifest does. */
  @Test
  void aPullTellsWhenItBeginsAndWhenItIsDone() throws Exception {
    String image = host.registry().add("told", TestImage.ofFile("told", 1000));
    List<PullProgress> progress = new CopyOnWriteArrayList<>();

    host.get(host.driver().pull(image, ImageLimits.DEFAULT, progress::add));

    assertThat(progress).hasSize(2);
    long total = progress.get(0).totalBytes();
    assertThat(total).isPositive();
    assertThat(progress)
        .containsExactly(new PullProgress(0, total), new PullProgress(total, total));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "../../etc/passwd",
        "app:latest; rm -rf /",
        "127.0.0.1:1/../x@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "-v@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "app@sha256:short",
        "app\n@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "APP@sha256:0000000000000000000000000000000000000000000000000000000000000000"
      })
  void aHostileNameIsNoImage(String name) throws Exception {
    assertThat(failure(host.driver().pull(name)).reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);

    PodDriverException failure = failure(host.driver().run(pod("hostile", name, List.of())));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertNothingLeft();
  }

  @Test
  void anImageNeverPulledIsNotRun() throws Exception {
    PodDriverException failure =
        failure(host.driver().run(pod("unpulled", host.registry().missingImage(), List.of())));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(failure).hasMessageContaining("main").hasMessageContaining("has not been pulled");
    assertNothingLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonesuch", "/no/such", "/tmp", "/etc/passwd"})
  void whatIsNoProgramIsNamedWithItsContainer(String command) throws Exception {
    PodDriverException failure =
        failure(host.driver().run(pod("nocommand", host.registry().image(), List.of(command))));

    assertThat(failure.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(failure).hasMessageContaining("main").hasMessageContaining(command);
    assertNothingLeft();
  }

  /** A pod of that name that somebody else made, as far as the runtime can tell. */
  @Test
  void aSandboxOfTheSameNameIsInNobodysWay() throws Exception {
    PodSpec spec = host.pod("collides", host.container("main", "echo mine; sleep 600"));
    String foreign;
    try (CriClient client = new CriClient(host.containerd().criConfig().socket())) {
      foreign =
          client.runSandbox(
              PodConfigs.sandbox(
                      spec, "foreign", "/codius-foreign", host.root(), List.of("1.1.1.1"), false)
                  .toBuilder()
                  .clearLabels()
                  .build(),
              "runc",
              TestHost.PATIENCE);

      assertThat(host.run(spec).isRunning()).isTrue();
      host.get(host.driver().remove(spec.id()));

      assertThat(client.sandboxStatus(foreign, TestHost.PATIENCE).getId()).isEqualTo(foreign);
      client.removeSandbox(foreign, TestHost.PATIENCE);
    }
    new PodCgroups(java.nio.file.Path.of("/sys/fs/cgroup"), "foreign").clear();
    assertNothingLeft();
  }

  @Test
  void anImageThatIsThereIsNotToBeHadFromARegistryThatIsNotAllowed() throws Exception {
    CriConfig own = host.containerd().criConfig();
    try (CriDriver other =
        CriDriver.connect(
            CriConfig.of(
                "narrow",
                own.socket(),
                own.runtimeHandler(),
                own.isolation(),
                host.root().resolve("narrow")))) {
      PodDriverException failure = failure(other.pull(host.registry().image()));

      assertThat(failure.reason()).isEqualTo(Reason.IMAGE_NOT_FOUND);
      assertThat(failure).hasMessageContaining("not found or not allowed");
      other.firewall().remove();
    }
  }

  private PodSpec pod(String name, String image, List<String> command) {
    return new PodSpec(
        host.id(name),
        List.of(new PodSpec.Container("main", image, command, "", Map.of())),
        TestHost.SMALL);
  }

  private PodDriverException failure(CompletionStage<?> stage) {
    Throwable failure = catchThrowable(() -> host.get(stage));
    assertThat(failure).hasCauseInstanceOf(PodDriverException.class);
    return (PodDriverException) requireNonNull(failure.getCause());
  }

  private void assertNothingLeft() throws Exception {
    assertThat(host.get(host.driver().list())).isEmpty();
    HostTraces traces = HostTraces.of(host);
    assertThat(traces.cgroups()).isEmpty();
    assertThat(traces.shims()).isEmpty();
    assertThat(traces.podFolders()).isSubsetOf("images");
    assertThat(traces.addresses()).isEmpty();
  }
}
