package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec.Resources;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups that limit pods as a whole: {@code /codius-<instance>/<pod>}.
 *
 * <p>The runtime puts each container in a group of its own below the pod's, so what the containers
 * use together never exceeds the pod's limit. Made by us, because a limit on a container does not
 * hold with every runtime, and CRI has none for a pod. In version 1 each controller has a tree of
 * its own; in version 2 there is one tree.
 */
final class PodCgroups {

  private static final Logger log = LoggerFactory.getLogger(PodCgroups.class);

  private static final long CPU_PERIOD_MICROS = 100_000;

  /** What a pod gets for each CPU of its class where there are not enough for all, in version 2. */
  private static final long WEIGHT = 100;

  private static final long MOST_WEIGHT = 10_000;

  /** The same in version 1. */
  private static final long SHARES = 1024;

  private static final long MOST_SHARES = 262_144;
  private static final long MIB = 1L << 20;
  private static final int LONGEST_REMOVAL_MILLIS = 5_000;
  private static final int REMOVAL_POLL_MILLIS = 20;
  private static final int PAUSE_PROCESSES = 1;

  /**
   * How many threads a pod's own kernel may have on the host beside the pod's processes. gVisor has
   * some dozens, and more with each processor; refused one, it fails in ways that do not say so.
   */
  private static final int KERNEL_THREADS = 256;

  /** The kernel refuses larger numbers; nobody has as many. */
  private static final long MOST_CPUS = 10_000;

  private static final long MOST_PROCESSES = 1 << 22;

  private final Path mount;
  private final String instance;

  PodCgroups(Path mount, String instance) {
    this.mount = mount;
    this.instance = instance;
  }

  static PodCgroups of(String instance) {
    return new PodCgroups(Path.of("/sys/fs/cgroup"), instance);
  }

  /** Returns the group's name as the runtime wants it. */
  String parentOf(PodId id) {
    return "/" + folder() + "/" + id.name();
  }

  /**
   * Makes the pod's group.
   *
   * @param isolation what else runs in it than the pod's own processes
   */
  void make(PodId id, Resources resources, Isolation isolation) throws IOException {
    if (isUnified()) {
      Path all = Files.createDirectories(mount.resolve(folder()));
      enableControllers(mount);
      enableControllers(all);
      Path pod = Files.createDirectories(all.resolve(id.name()));
      enableControllers(pod); // the runtime tells from its own groups which container was killed
      write(pod, "memory.max", resources.memoryMib() * MIB);
      writeIfThere(pod, "memory.swap.max", 0);
      write(pod, "pids.max", tasks(resources, isolation));
      Files.writeString(pod.resolve("cpu.max"), quota(resources) + " " + CPU_PERIOD_MICROS);
      write(pod, "cpu.weight", Math.min(MOST_WEIGHT, resources.cpus() * WEIGHT));
      return;
    }
    Path memory = makeIn("memory", id);
    // Raised, the two have to go in this order: memory and swap is never under memory alone.
    writeIfThere(memory, "memory.memsw.limit_in_bytes", -1);
    write(memory, "memory.limit_in_bytes", resources.memoryMib() * MIB);
    writeIfThere(memory, "memory.memsw.limit_in_bytes", resources.memoryMib() * MIB);
    write(makeIn("pids", id), "pids.max", tasks(resources, isolation));
    Path cpu = makeIn("cpu", id);
    write(cpu, "cpu.cfs_period_us", CPU_PERIOD_MICROS);
    write(cpu, "cpu.cfs_quota_us", quota(resources));
    write(cpu, "cpu.shares", Math.min(MOST_SHARES, resources.cpus() * SHARES));
  }

  /** Removes the pod's group in every tree, with whatever the runtime left below it. */
  void remove(PodId id) throws IOException, InterruptedException {
    for (Path tree : trees()) {
      removeTree(tree.resolve(folder()).resolve(id.name()));
      deleteIfEmpty(tree.resolve(folder()));
    }
  }

  /** Kills every process of every pod and removes all groups of the instance. */
  void clear() throws IOException, InterruptedException {
    for (Path tree : trees()) {
      Path all = tree.resolve(folder());
      for (long pid : processes(all)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      removeTree(all);
    }
  }

  /** Returns the pod's group for {@code controller}; in version 2 it is the same for all. */
  Path group(String controller, PodId id) {
    Path tree = isUnified() ? mount : mount.resolve(controller);
    return tree.resolve(folder()).resolve(id.name());
  }

  /** Returns the processes of the pod, as the host numbers them. */
  List<Long> processes(PodId id) throws IOException {
    return processes(group("pids", id));
  }

  /** Limits the processes of one container: CRI has no word for that. */
  void limitProcesses(PodId id, String containerId, int processes) throws IOException {
    write(group("pids", id).resolve(containerId), "pids.max", processes);
  }

  private String folder() {
    return "codius-" + instance;
  }

  /** Returns whether this is version 2. */
  boolean isUnified() {
    return Files.exists(mount.resolve("cgroup.controllers"));
  }

  /** Returns where the trees are mounted; several names may stand for one. */
  private List<Path> trees() throws IOException {
    if (isUnified()) {
      return List.of(mount);
    }
    try (Stream<Path> entries = Files.list(mount)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private Path makeIn(String controller, PodId id) throws IOException {
    if (!Files.isDirectory(mount.resolve(controller))) {
      throw new IOException("no cgroup controller \"" + controller + "\" at " + mount);
    }
    return Files.createDirectories(group(controller, id));
  }

  /** Hands the controllers of a group down to the groups below it. */
  private static void enableControllers(Path group) throws IOException {
    Files.writeString(group.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
  }

  private static long quota(Resources resources) {
    return Math.min(resources.cpus(), MOST_CPUS) * CPU_PERIOD_MICROS;
  }

  private static long tasks(Resources resources, Isolation isolation) {
    long around = isolation == Isolation.NAMESPACE ? PAUSE_PROCESSES : KERNEL_THREADS;
    return Math.min(resources.processes(), MOST_PROCESSES) + around;
  }

  private static void write(Path group, String file, long value) throws IOException {
    Files.writeString(group.resolve(file), Long.toString(value));
  }

  /** Kernels without swap accounting lack the file; then there is nothing to limit. */
  private static void writeIfThere(Path group, String file, long value) throws IOException {
    if (Files.exists(group.resolve(file))) {
      write(group, file, value);
    }
  }

  private static List<Long> processes(Path group) throws IOException {
    List<Long> pids = new ArrayList<>();
    for (Path each : groupsDeepestFirst(group)) {
      try {
        Files.readAllLines(each.resolve("cgroup.procs")).stream()
            .map(Long::valueOf)
            .forEach(pids::add);
      } catch (IOException e) {
        if (!(e instanceof NoSuchFileException) && Files.exists(each)) {
          throw e;
        }
        log.trace("group is gone meanwhile, and its processes with it", e);
      }
    }
    return pids;
  }

  /**
   * Ends what still runs in it: the runtime has let go of the pod, and nobody else would. A group
   * is busy for a moment after its last process has ended.
   */
  private static void removeTree(Path group) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LONGEST_REMOVAL_MILLIS * 1_000_000L;
    while (true) {
      for (long pid : processes(group)) {
        log.warn("process outlived its pod and is ended pid={} group={}", pid, group);
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      try {
        for (Path each : groupsDeepestFirst(group)) {
          Files.deleteIfExists(each);
        }
        return;
      } catch (FileSystemException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(REMOVAL_POLL_MILLIS);
      }
    }
  }

  private static List<Path> groupsDeepestFirst(Path group) throws IOException {
    List<Path> groups = new ArrayList<>();
    addDeepestFirst(group, groups);
    return groups;
  }

  /** A runtime may be removing some of them at the same time. */
  private static void addDeepestFirst(Path group, List<Path> groups) throws IOException {
    try (DirectoryStream<Path> below = Files.newDirectoryStream(group, Files::isDirectory)) {
      for (Path each : below) {
        addDeepestFirst(each, groups);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (DirectoryIteratorException e) {
      if (Files.exists(group)) {
        throw e.getCause();
      }
      return;
    }
    groups.add(group);
  }

  private static void deleteIfEmpty(Path group) throws IOException {
    try {
      Files.deleteIfExists(group);
    } catch (DirectoryNotEmptyException e) {
      return; // other pods'
    } catch (FileSystemException e) {
      if (!String.valueOf(e.getReason()).contains("busy")) {
        throw e;
      }
    }
  }
}
