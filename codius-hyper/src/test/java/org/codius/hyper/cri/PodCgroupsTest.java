package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec.Resources;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On folders that look like a mount of cgroups; the real ones of version 1 are in the ITs. */
class PodCgroupsTest {

  private static final PodId ID = new PodId("main", "abc");

  @Test
  void setsAllLimitsInTheOneTreeOfVersion2(@TempDir Path mount) throws Exception {
    Files.createFile(mount.resolve("cgroup.controllers"));
    PodCgroups cgroups = new PodCgroups(mount, "main");

    cgroups.make(ID, new Resources(2, 64, 30, 1024), Isolation.NAMESPACE);

    Path pod = mount.resolve("codius-main/abc");
    assertThat(cgroups.parentOf(ID)).isEqualTo("/codius-main/abc");
    assertThat(pod.resolve("memory.max")).hasContent("67108864");
    assertThat(pod.resolve("pids.max")).hasContent("31");
    assertThat(pod.resolve("cpu.max")).hasContent("200000 100000");
    assertThat(pod.resolve("cpu.weight")).hasContent("200");
    assertThat(mount.resolve("cgroup.subtree_control")).hasContent("+memory +pids +cpu");
    assertThat(mount.resolve("codius-main/cgroup.subtree_control"))
        .hasContent("+memory +pids +cpu");
  }

  @Test
  void setsALimitInEachTreeOfVersion1(@TempDir Path mount) throws Exception {
    for (String controller : new String[] {"memory", "pids", "cpu"}) {
      Files.createDirectories(mount.resolve(controller));
    }

    new PodCgroups(mount, "main").make(ID, new Resources(1, 16, 5, 1024), Isolation.NAMESPACE);

    assertThat(mount.resolve("memory/codius-main/abc/memory.limit_in_bytes"))
        .hasContent("16777216");
    assertThat(mount.resolve("pids/codius-main/abc/pids.max")).hasContent("6");
    assertThat(mount.resolve("cpu/codius-main/abc/cpu.cfs_quota_us")).hasContent("100000");
    assertThat(mount.resolve("cpu/codius-main/abc/cpu.shares")).hasContent("1024");
  }

  @Test
  void groupsMayGoWhileTheyAreLookedAt(@TempDir Path mount) throws Exception {
    Files.createFile(mount.resolve("cgroup.controllers"));
    PodCgroups cgroups = new PodCgroups(mount, "main");
    Path pod = Files.createDirectories(mount.resolve("codius-main/abc"));
    AtomicBoolean isOver = new AtomicBoolean();
    CompletableFuture<Void> runtime =
        CompletableFuture.runAsync(
            () -> {
              try {
                while (!isOver.get()) {
                  Path deep = Files.createDirectories(pod.resolve("container/inner"));
                  Files.delete(deep);
                  Files.delete(deep.getParent());
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    for (int i = 0; i < 5_000; i++) {
      assertThat(cgroups.processes(ID)).isEmpty();
    }
    isOver.set(true);
    runtime.get(30, TimeUnit.SECONDS);
    cgroups.remove(ID);

    assertThat(pod).doesNotExist();
  }

  /** Its threads count as the pod's, and it fails strangely without one. */
  @Test
  void leavesRoomForAKernelOfThePodsOwn(@TempDir Path mount) throws Exception {
    Files.createFile(mount.resolve("cgroup.controllers"));

    new PodCgroups(mount, "main").make(ID, new Resources(1, 16, 5, 1024), Isolation.KERNEL);

    assertThat(mount.resolve("codius-main/abc/pids.max")).hasContent("261");
  }
}
