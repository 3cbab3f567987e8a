package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a container cannot do, tried from inside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConfinementIT {

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
  void itHasFewCapabilitiesNoNewPrivilegesAndASeccompFilter() throws Exception {
    List<String> status =
        host.output("status", "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status");

    // CHOWN 0, DAC_OVERRIDE 1, FOWNER 3, KILL 5, SETGID 6, SETUID 7, NET_BIND_SERVICE 10
    assertThat(status)
        .containsExactly(
            "CapEff:\t00000000000004eb",
            "CapBnd:\t00000000000004eb",
            "NoNewPrivs:\t1",
            "Seccomp:\t2");
  }

  @Test
  void itCannotChangeTheKernelsSettingsNorSeeWhatIsMasked() throws Exception {
    List<String> answers =
        host.output(
            "paths",
            """
            echo 1 2>&1 > /proc/sys/vm/drop_caches || echo drop_caches refused
            echo x 2>&1 > /proc/sysrq-trigger || echo sysrq refused
            mount -t tmpfs none /tmp 2>/dev/null || echo mount refused
            mknod /tmp/sda b 8 0 2>/dev/null || echo mknod refused
            ping -c 1 127.0.0.1 >/dev/null 2>&1 || echo ping refused
            echo kcore $(head -c 10 /proc/kcore | cat | grep -c ELF)
            echo timers $(cat /proc/timer_list 2>/dev/null | grep -c .)
            echo firmware $(ls /sys/firmware | grep -c .)
            """);

    assertThat(answers)
        .contains(
            "drop_caches refused",
            "sysrq refused",
            "mount refused",
            "mknod refused",
            "ping refused",
            "kcore 0",
            "timers 0",
            "firmware 0");
  }

  /** What images made for Docker do at their start. */
  @Test
  void itCanTakeOverItsFolderAndGiveUpRoot() throws Exception {
    List<String> answers =
        host.output("giveup", "mkdir data; chown www data; su www -c 'touch data/mine && id -u'");

    assertThat(answers).containsExactly("33");
  }

  @Test
  void itSeesOnlyItsOwnProcesses() throws Exception {
    List<String> processes = host.output("processes", "ls /proc | grep -c '^[0-9]'");

    assertThat(Integer.parseInt(processes.get(0))).isLessThan(6);
  }

  @Test
  void theGreedyContainerIsKilledAndTheOtherGoesOn() throws Exception {
    PodSpec spec =
        host.pod(
            "greedy",
            host.container("modest", "sleep 600"),
            host.container("greedy", "exec dd if=/dev/zero of=/dev/null bs=100M count=1"));
    host.run(spec);

    PodStatus status =
        host.awaitStatus(spec.id(), seen -> seen.containers().get(1).exitCode().isPresent());

    assertThat(status.containers().get(0).isRunning()).isTrue();
    assertThat(status.containers().get(1).exitCode()).isEqualTo(OptionalInt.of(137));
    assertThat(status.containers().get(1).reason()).startsWith("OOMKilled");
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void itCannotHaveMoreProcessesThanItBought() throws Exception {
    PodSpec spec =
        host.pod(
            "bomb",
            host.container(
                "main",
                "n=0; (while [ $n -lt 200 ]; do sleep 60 & n=$((n+1)); echo forks $n; done) 2>&1;"
                    + " echo the-end; sleep 600"));
    host.run(spec);

    List<String> lines = host.lines(spec.id());

    assertThat(lines).anyMatch(line -> line.contains("can't fork"));
    assertThat(lines).filteredOn(line -> line.startsWith("forks")).hasSizeBetween(50, 64);
    host.get(host.driver().remove(spec.id()));
  }

  @Test
  void thePodsCgroupHasWhatWasBought() throws Exception {
    Path groups = Path.of("/sys/fs/cgroup");
    Assumptions.assumeTrue(Files.isDirectory(groups.resolve("memory")), "needs cgroup version 1");
    PodSpec spec =
        new PodSpec(
            host.id("limits"),
            List.of(host.container("main", "sleep 600")),
            new PodSpec.Resources(2, 96, 50, 1024));
    host.run(spec);

    String pod = "codius-" + host.instance() + "/limits/";

    assertThat(groups.resolve("memory/" + pod + "memory.limit_in_bytes"))
        .hasContent(Long.toString(96 << 20));
    assertThat(groups.resolve("pids/" + pod + "pids.max")).hasContent("51"); // and the sandbox's
    assertThat(groups.resolve("cpu/" + pod + "cpu.cfs_quota_us")).hasContent("200000");
    assertThat(groups.resolve("cpu/" + pod + "cpu.shares")).hasContent("2048");
    host.get(host.driver().remove(spec.id()));
    assertThat(groups.resolve("memory/codius-" + host.instance() + "/limits")).doesNotExist();
  }
}
