package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.google.common.collect.ObjectArrays;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What there is of a host's pods on this machine: a line {@code <kind> <name>} for each thing. */
final class PodRemains {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
  private static final Path ANYWHERE = Path.of("/");
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  /** What every pod makes; a check that found none of a kind would have looked in a wrong place. */
  private static final List<String> KINDS =
      List.of("container", "task", "snapshot", "mount", "netns", "interface", "cgroup", "log");

  private PodRemains() {}

  static SortedSet<String> of(HostProcess host) throws Exception {
    SortedSet<String> found = new TreeSet<>();
    Path socket = host.runtime().resolve("containerd.sock");
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
    String subnet = Files.readString(host.runtime().resolve("pod-subnet"), UTF_8).strip();
    addAll(found, "interface", lines("ip", "-4", "route", "show", "root", subnet));
    addAll(found, "cgroup", folders(CGROUPS, host.instance()));
    addAll(found, "log", folders(host.runtime().resolve("pods"), host.instance()));
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

  /** Keeps the keys of what is writable; what images are unpacked to may stay for the next pod. */
  private static List<String> activeSnapshots(List<String> lines) {
    return lines.stream()
        .filter(line -> line.endsWith(" Active"))
        .map(line -> WORDS.splitToList(line).get(0))
        .toList();
  }

  /** Returns the folders below {@code top} whose path contains {@code part}; some may be going. */
  private static List<String> folders(Path top, String part) throws IOException {
    List<String> folders = new ArrayList<>();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.toString().contains(part)) {
              folders.add(folder.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            return gone(e);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            return e == null ? FileVisitResult.CONTINUE : gone(e);
          }
        });
    return folders;
  }

  private static FileVisitResult gone(IOException e) throws IOException {
    if (e instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw e;
  }

  private static void addAll(Collection<String> all, String kind, List<String> names) {
    names.forEach(name -> all.add(kind + " " + name));
  }

  private static List<String> ctr(Path socket, String... arguments) throws Exception {
    String[] command = {"ctr", "-a", socket.toString()};
    return lines(ObjectArrays.concat(command, arguments, String.class));
  }

  private static List<String> lines(String... command) throws Exception {
    String stdout = Program.of(ANYWHERE, command).run(TIMEOUT).succeeded().stdout();
    return stdout.lines().map(String::strip).toList();
  }
}
