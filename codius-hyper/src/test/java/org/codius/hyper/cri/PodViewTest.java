package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.network.PodFirewall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of pods that change while they are looked at, and of what is none of ours. */
class PodViewTest {

  private static final PodId POD = new PodId("viewed", "abc");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private FakeCri runtime;
  private CriClient client;
  private PodView view;

  @BeforeEach
  void start() throws Exception {
    Path socket = folder.resolve("cri.sock");
    runtime = new FakeCri(socket);
    client = new CriClient(socket);
    CriConfig config = CriConfig.of("viewed", socket, "runc", Isolation.NAMESPACE, folder);
    view =
        new PodView(
            config,
            client,
            PodFirewall.of("viewed", List.of(), List.of()),
            new PodFolders(folder, "viewed"));
    runtime.addSandbox("sandbox", PodConfigs.labels(POD));
  }

  @AfterEach
  void stop() {
    client.close();
    runtime.close();
  }

  @Test
  void aPodWhoseContainerIsReplacedWhileWeLookIsStillThere() {
    runtime.addContainer("first", "sandbox", POD, 0);
    runtime.afterNextList(
        () -> {
          runtime.addContainer("second", "sandbox", POD, 1);
          runtime.removeContainer("first");
        });

    PodStatus status = view.status(POD).orElseThrow();

    assertThat(status.containers()).hasSize(1).allMatch(PodStatus.Container::isRunning);
  }

  @Test
  void aPodThatIsRemovedWhileWeLookIsGone() {
    runtime.addContainer("first", "sandbox", POD, 0);
    runtime.afterNextList(
        () -> {
          runtime.removeContainer("first");
          runtime.removeSandbox("sandbox");
        });

    assertThat(view.status(POD)).isEmpty();
  }

  @Test
  void whoLabelsTheirSandboxesAsWeDoHidesNoneOfOurs() {
    runtime.addSandbox("nameless", Map.of(PodConfigs.INSTANCE_LABEL, "viewed"));
    runtime.addSandbox("loud", Map.of(PodConfigs.INSTANCE_LABEL, "LOUD", "org.codius.pod", "x"));
    runtime.addSandbox(
        "odd", Map.of(PodConfigs.INSTANCE_LABEL, "viewed", PodConfigs.POD_LABEL, "../etc"));
    PodId other = new PodId("other", "x");
    runtime.addSandbox("theirs", PodConfigs.labels(other));

    assertThat(view.list()).extracting(PodStatus::id).containsExactly(POD);
    assertThat(view.sandboxes()).hasSize(1);
    assertThat(view.others()).containsExactly(other);
  }

  /** CRI counts in seconds: one and a half are two, not one. */
  @Test
  void aProgramGetsTheTimeItWasGivenOrALittleMore() {
    for (int millis : new int[] {1, 1000, 1500}) {
      var unused = client.exec("first", List.of("true"), Duration.ofMillis(millis), PATIENCE);
    }

    assertThat(runtime.execTimeouts()).containsExactly(1, 1, 2);
  }
}
