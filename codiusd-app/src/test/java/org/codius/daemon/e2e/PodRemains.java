package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What there is of a host's pods on this machine: a line {@code <kind> <name>} for each thing. */
final class PodRemains {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Path INTERFACES = Path.of("/sys/class/net");

  /** What every pod makes; a check that found none of a kind would have looked in a wrong place. */
  private static final List<String> KINDS =
      List.of("container", "task", "snapshot", "mount", "netns", "interface", "cgroup", "log");

  private PodRemains() {}

  static SortedSet<String> of(HostProcess host) throws Exception {
    SortedSet<String> found = new TreeSet<>();
    Path socket = host.containerdSocket();
    for (String namespace : ctr(socket, "namespaces", "ls", "-q")) {
      addAll(found, "container", ctr(socket, "-n", namespace, "containers", "ls", "-q"));
      addAll(found, "task", ctr(socket, "-n", namespace, "tasks", "ls", "-q"));
      addAll(found, "snapshot", activeSnapshots(ctr(socket, "-n", namespace, "snapshots", "ls")));
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"), UTF_8)) {
      String point = WORDS.splitToList(line).get(4);
      if (point.startsWith(host.root() + "/")) {
        found.add((point.contains("/netns/") ? "netns " : "mount ") + point);
      }
    }
    addAll(found, "interface", names(INTERFACES, name -> name.startsWith("veth")));
    String instance = host.instance();
    try (Stream<Path> cgroups = Files.walk(CGROUPS)) {
      cgroups
          .filter(path -> Files.isDirectory(path) && path.toString().contains(instance))
          .forEach(path -> found.add("cgroup " + path));
    }
    try (Stream<Path> files = Files.walk(host.root())) {
      files.filter(PodRemains::isLog).forEach(path -> found.add("log " + path));
    }
    return found;
  }

  /** Fails unless {@code during} has more of every kind of thing than {@code before}. */
  static void assertEveryKind(Collection<String> during, Collection<String> before) {
    SortedSet<String> more = new TreeSet<>(during);
    more.removeAll(before);
    for (String kind : KINDS) {
      if (more.stream().noneMatch(line -> line.startsWith(kind + " "))) {
        throw new AssertionError("a pod runs, and yet there is no " + kind + " in " + more);
      }
    }
  }

  private static boolean isLog(Path path) {
    return path.toString().endsWith(".log") && Files.isRegularFile(path);
  }

  /** Keeps the keys of what is writable; what images are unpacked to may stay for the next pod. */
  private static List<String> activeSnapshots(List<String> lines) {
    return lines.stream()
        .filter(line -> line.endsWith(" Active"))
        .map(line -> WORDS.splitToList(line).get(0))
        .toList();
  }

  private static List<String> names(Path folder, Predicate<String> wanted) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).filter(wanted).toList();
    }
  }

  private static void addAll(Collection<String> all, String kind, List<String> names) {
    names.forEach(name -> all.add(kind + " " + name));
  }

  private static List<String> ctr(Path socket, String... arguments) throws Exception {
    String[] command =
        Stream.concat(Stream.of("ctr", "-a", socket.toString()), Stream.of(arguments))
            .toArray(String[]::new);
    String stdout = Program.of(Path.of("/"), command).run(TIMEOUT).succeeded().stdout();
    return stdout.lines().map(String::strip).toList();
  }
}
