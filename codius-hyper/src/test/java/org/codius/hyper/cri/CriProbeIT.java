package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.host.HostProgram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runtimes that work, and some that only seem to. */
class CriProbeIT {

  @TempDir Path folder;

  @BeforeEach
  void needRoot() throws Exception {
    TestHost.assumeRunnable();
  }

  @Test
  void runcRunsAPodToItsExitInTheHostsUserNamespace() {
    assertThat(probe(RuntimeHandler.runc(program("runc")))).isEqualTo(new CriProbe(false));
  }

  @Test
  void debiansGvisorIsFoundNotToWorkAndLeavesNothing() {
    RuntimeHandler stock = RuntimeHandler.likeRunc("runsc", program("runsc"), Isolation.KERNEL);

    assertThatThrownBy(() -> probe(stock)).isInstanceOf(PodDriverException.class);
    assertThat(folder.resolve("c")).doesNotExist();
  }

  @Test
  void gvisorRunsAPodToItsExitOnceItIsDrivenAsItWants() throws Exception {
    RuntimeHandler gvisor = GvisorScripts.install(Files.createDirectory(folder.resolve("bin")));

    probe(gvisor);
  }

  @Test
  void aProgramThatIsNoRuntimeIsFoundOut() {
    RuntimeHandler none = RuntimeHandler.likeRunc("none", program("true"), Isolation.VM);

    assertThatThrownBy(() -> probe(none)).isInstanceOf(PodDriverException.class);
  }

  private CriProbe probe(RuntimeHandler handler) {
    EmbeddedContainerdConfig config =
        EmbeddedContainerdConfig.of("tryout", folder.resolve("c")).with(handler, false);
    EmbeddedContainerd containerd = EmbeddedContainerd.start(config);
    try {
      return CriProbe.run(containerd.criConfig());
    } finally {
      containerd.stop();
    }
  }

  private static Path program(String name) {
    return HostProgram.find(name).orElseThrow().path();
  }
}
