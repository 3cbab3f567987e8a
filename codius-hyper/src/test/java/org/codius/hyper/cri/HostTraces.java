package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.codius.hyper.host.HostProgram;

/** All that a pod may leave on its host. */
record HostTraces(
    Set<String> mounts,
    Set<String> interfaces,
    Set<String> cgroups,
    Set<String> shims,
    Set<String> shimSockets,
    Set<String> networkNotes,
    Set<String> addresses,
    Set<String> podFolders,
    String firewall) {

  static HostTraces of(TestHost host) throws IOException, InterruptedException {
    return of(host.instance(), host.root());
  }

  static HostTraces of(String instance, Path root) throws IOException, InterruptedException {
    ContainerdFiles files = new ContainerdFiles(root);
    HostProgram nft = HostProgram.find("nft").orElseThrow();
    String rules = nft.run(Duration.ofSeconds(5), "", List.of("list", "ruleset"));
    return new HostTraces(
        new TreeSet<>(Leftovers.mountsUnder(root)),
        pairs(),
        names(Path.of("/sys/fs/cgroup"), 3, "codius-" + instance),
        ContainerdProcess.findShims(files).stream()
            .map(ProcessHandle::toString)
            .collect(Collectors.toCollection(TreeSet::new)),
        names(Path.of("/run/containerd/s"), 1, ""),
        names(Path.of("/var/lib/cni"), 2, "codius-" + instance),
        names(root.resolve("ipam"), 2, "/10."),
        names(root.resolve("pods"), 3, ""),
        rules
            .lines()
            .dropWhile(line -> !line.contains("codius_" + instance + " "))
            .takeWhile(line -> !line.equals("}"))
            .collect(Collectors.joining("\n")));
  }

  private static Set<String> pairs() throws IOException {
    return names(Path.of("/sys/class/net"), 1, "veth");
  }

  private static Set<String> names(Path folder, int depth, String part) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (Stream<Path> entries = Files.walk(folder, depth)) {
      return entries
          .map(Path::toString)
          .filter(path -> path.contains(part))
          .filter(path -> !path.equals(folder.toString()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
