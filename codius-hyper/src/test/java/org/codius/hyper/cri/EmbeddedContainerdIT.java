package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.host.HostProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A containerd that dies, one that outlives us, and one that is ended. */
class EmbeddedContainerdIT {

  private static final String SERVE =
      "mkdir www; echo hello > www/index.html; httpd -f -p 80 -h www";

  private TestHost host;

  @BeforeEach
  void start() throws Exception {
    host = TestHost.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (host != null) {
      host.close();
      assertNothingIsLeft();
    }
  }

  @Test
  void whenItIsKilledItIsStartedAgainAndThePodsDoNotNotice() throws Exception {
    PodStatus before = host.run(host.pod("steady", host.container("web", SERVE)));
    host.await(() -> host.http(before, 80, "index.html"), "hello\n"::equals);
    long pid = host.containerd().pid();

    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    host.await(() -> host.containerd().pid(), now -> now != pid);

    PodStatus after = host.get(host.driver().status(before.id())).orElseThrow();
    assertThat(after.isRunning()).isTrue();
    assertThat(after.address()).isEqualTo(before.address());
    assertThat(host.http(after, 80, "index.html")).isEqualTo("hello\n");
    assertThat(host.output("after", "echo runs")).containsExactly("runs");
  }

  @Test
  void theNextStartGoesOnWithItAndItsPods() throws Exception {
    PodSpec spec = host.pod("steady", host.container("web", SERVE));
    PodStatus before = host.run(spec);
    host.get(host.driver().openEgress(spec.id()));
    String rules = HostTraces.of(host).firewall();
    long pid = host.containerd().pid();

    host.restart();

    assertThat(host.containerd().pid()).isEqualTo(pid);
    assertThat(host.get(host.driver().list())).extracting(PodStatus::id).containsExactly(spec.id());
    assertThat(host.run(spec).address()).isEqualTo(before.address());
    assertThat(HostTraces.of(host).firewall()).isEqualTo(rules);
    host.await(() -> host.http(before, 80, "index.html"), "hello\n"::equals);
  }

  @Test
  void podsThatDiedWithTheMachineAreRunAnew() throws Exception {
    PodSpec spec = host.pod("rises", host.container("main", "sleep 600"));
    host.run(spec);
    host.driver().close();
    host.containerd().close();
    List<Long> processes = host.processes(spec.id());
    ContainerdFiles files = new ContainerdFiles(host.root());
    ContainerdProcess.find(files).ifPresent(ProcessHandle::destroyForcibly);
    ContainerdProcess.findShims(files).forEach(ProcessHandle::destroyForcibly);
    processes.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

    host.restart();

    assertThat(host.get(host.driver().status(spec.id())).orElseThrow().isRunning()).isFalse();
    assertThat(host.run(spec).isRunning()).isTrue();
  }

  @Test
  void twoDaemonsCannotShareARoot() {
    assertThatThrownBy(
            () -> EmbeddedContainerd.start(TestHost.config(host.instance(), host.root())))
        .isInstanceOf(PodDriverException.class)
        .hasMessage("start containerd: another daemon uses " + host.root());
  }

  @Test
  void stoppingRemovesEvenWhatAKilledContainerdCannot() throws Exception {
    host.run(host.pod("leftover", host.container("main", "sleep 600")));
    host.driver().close();

    ProcessHandle.of(host.containerd().pid()).orElseThrow().destroyForcibly();
    host.containerd().stop();

    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException, InterruptedException {
    assertThat(host.root()).doesNotExist();
    HostTraces traces = HostTraces.of(host);
    assertThat(traces.mounts()).isEmpty();
    assertThat(traces.cgroups()).isEmpty();
    assertThat(traces.shims()).isEmpty();
    assertThat(traces.networkNotes()).isEmpty();
    assertThat(traces.firewall()).isEmpty();
    assertThat(ContainerdProcess.find(new ContainerdFiles(host.root()))).isEmpty();
    String routes =
        HostProgram.find("ip").orElseThrow().run(TestHost.PATIENCE, "", List.of("-4", "route"));
    assertThat(routes).doesNotContain(host.containerd().podSubnet().toString());
    assertThat(Files.exists(Path.of("/opt/containerd"))).isFalse();
  }
}
