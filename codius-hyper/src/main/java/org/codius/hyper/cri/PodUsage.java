package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStats;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pod uses, from its control groups and its network: exact, and no matter how the runtime's
 * own view of it is broken.
 */
final class PodUsage {

  private static final Logger log = LoggerFactory.getLogger(PodUsage.class);

  private static final long NANOS_PER_MICRO = 1_000;

  /** The fields of a line of /proc/net/dev after the colon, see proc(5). */
  private static final int RECEIVED_BYTES = 0;

  private static final int SENT_BYTES = 8;

  private final PodCgroups cgroups;

  PodUsage(PodCgroups cgroups) {
    this.cgroups = cgroups;
  }

  /** Returns all there is to tell. */
  PodStats of(PodId id, long diskBytes) throws IOException {
    List<Long> processes = cgroups.processes(id);
    Traffic traffic = traffic(processes);
    return new PodStats(
        Instant.now(),
        cpu(id),
        memoryBytes(id),
        diskBytes,
        processes.size(),
        traffic.received(),
        traffic.sent());
  }

  /** Returns the time of all processors since the pod started. */
  private Duration cpu(PodId id) throws IOException {
    if (cgroups.isUnified()) {
      return Duration.ofNanos(
          field(cgroups.group("", id).resolve("cpu.stat"), "usage_usec").orElse(0)
              * NANOS_PER_MICRO);
    }
    return Duration.ofNanos(
        number(cgroups.group("cpuacct", id).resolve("cpuacct.usage")).orElse(0));
  }

  /** Returns the bytes that cannot be had back at once: without file pages long unused. */
  private long memoryBytes(PodId id) throws IOException {
    Path group = cgroups.group("memory", id);
    long used =
        number(group.resolve(cgroups.isUnified() ? "memory.current" : "memory.usage_in_bytes"))
            .orElse(0);
    long inactive =
        field(
                group.resolve("memory.stat"),
                cgroups.isUnified() ? "inactive_file" : "total_inactive_file")
            .orElse(0);
    return Math.max(0, used - inactive);
  }

  /** Returns whether the pod has come up against its memory limit as a whole. */
  boolean wasOutOfMemory(PodId id) throws IOException {
    Path group = cgroups.group("memory", id);
    if (cgroups.isUnified()) {
      return field(group.resolve("memory.events"), "oom_kill").orElse(0) > 0;
    }
    // The kernel counts its kills only where the process was, in a group that may be gone by now.
    long limit = number(group.resolve("memory.limit_in_bytes")).orElse(Long.MAX_VALUE);
    return number(group.resolve("memory.failcnt")).orElse(0) > 0
        && number(group.resolve("memory.max_usage_in_bytes")).orElse(0) >= limit;
  }

  /** Returns the bytes received and sent since the pod started. */
  private static Traffic traffic(List<Long> processes) throws IOException {
    for (long pid : processes) {
      try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "net/dev"))) {
        List<String[]> interfaces =
            lines
                .map(line -> line.split(":", 2))
                .filter(parts -> parts.length == 2 && !parts[0].strip().equals("lo"))
                .map(parts -> parts[1].strip().split("\\s+"))
                .toList();
        return new Traffic(sum(interfaces, RECEIVED_BYTES), sum(interfaces, SENT_BYTES));
      } catch (NoSuchFileException e) {
        log.trace("process has ended, and another is asked pid={}", pid, e);
      }
    }
    return new Traffic(0, 0);
  }

  private static long sum(List<String[]> interfaces, int field) {
    return interfaces.stream().mapToLong(fields -> Long.parseLong(fields[field])).sum();
  }

  private static OptionalLong number(Path file) throws IOException {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException e) {
      return OptionalLong.empty(); // no such group, or a kernel without it
    }
  }

  private static OptionalLong field(Path file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name + " "))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
          .findFirst();
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  /** Bytes over the network. */
  private record Traffic(long received, long sent) {}
}
