package org.codius.hyper.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.HyperdSimulator.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When hyperd is chosen. */
class AutoHyperdTest {

  @TempDir Path folder;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private HyperdSimulator hyperd;

  @BeforeEach
  void start() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), loops);
  }

  @AfterEach
  void stop() {
    hyperd.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void hyperdIsChosenOnceAPodRanToItsExitAndThenItIsRemembered() throws Exception {
    endTheProbeWith(0);

    for (int start = 0; start < 2; start++) { // the second time nobody would end the pod
      try (AutoRuntime runtime = AutoRuntime.open(config(), loops)) {
        assertThat(runtime.driver().runtime().toCompletableFuture().get().isolation())
            .isEqualTo(Isolation.VM);
        assertThat(found(runtime.findings())).isEqualTo("hyperd 1.1.0, a pod ran to its exit");
      }
    }
  }

  @Test
  void aHyperdWhosePodFailsIsNotChosenAndThatIsRemembered() {
    endTheProbeWith(139);

    String first = found(AutoRuntime.look(config(), loops));
    String second = found(AutoRuntime.look(config(), loops));

    assertThat(first).isEqualTo("run a pod to try: it ended with code 139");
    assertThat(second).startsWith(first).contains("(seen 20");
    assertThatThrownBy(() -> AutoRuntime.open(config(), loops))
        .isInstanceOf(PodDriverException.class)
        .hasMessageContaining("none works")
        .hasMessageContaining(first);
  }

  @Test
  void aHyperdThatHangsUpIsNotChosenAndTriedAgain() {
    hyperd.failNext("/image/load", Fault.HANGS_UP);
    assertThat(found(AutoRuntime.look(config(), loops))).contains("without an answer");

    endTheProbeWith(0);
    assertThat(found(AutoRuntime.look(config(), loops))).contains("a pod ran to its exit");
  }

  @Test
  void whatWasAskedForAndIsNotThereIsSaidToBeMissing() {
    hyperd.close();
    Path socket = folder.resolve("no.sock");

    List<Finding> findings = AutoRuntime.look(config().withSocket(socket), loops);

    assertThat(findings)
        .filteredOn(finding -> finding.words().equals("there is no such socket"))
        .extracting(Finding::candidate)
        .containsExactly(socket.toString(), "hyperd at " + folder.resolve("hyper.sock"));
  }

  private void endTheProbeWith(int code) {
    hyperd.beforeNext("/exitcode", () -> hyperd.exit(hyperd.pods().get(0) + "__probe", code));
  }

  private static String found(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.candidate().startsWith("hyperd at "))
        .map(Finding::words)
        .findFirst()
        .orElseThrow();
  }

  private AutoConfig config() {
    return new AutoConfig(
        EmbeddedContainerdConfig.of("autotest", folder.resolve("own")),
        List.of(),
        List.of(),
        null,
        HyperdConfig.of(folder.resolve("hyper.sock"), "autotest").unguarded(),
        folder.resolve("notes"));
  }
}
