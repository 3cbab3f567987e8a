package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.codius.hyper.host.HostProgram;

/** All that an instance's pods may leave on their host. Other instances may run beside it. */
record HostTraces(
    Set<String> mounts,
    Set<String> routes,
    Set<String> cgroups,
    Set<String> shims,
    Set<String> networkNotes,
    Set<String> addresses,
    Set<String> podFolders,
    String firewall) {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  static HostTraces of(TestHost host) throws IOException, InterruptedException {
    ContainerdFiles files = new ContainerdFiles(host.root());
    String instance = host.instance();
    String rules = run("nft", "list", "ruleset");
    String routes =
        run("ip", "-4", "route", "show", "root", host.containerd().podSubnet().toString());
    Set<String> cgroups = new TreeSet<>();
    for (String tree : names(CGROUPS)) {
      cgroups.addAll(names(CGROUPS.resolve(tree).resolve("codius-" + instance)));
    }
    cgroups.addAll(names(CGROUPS.resolve("codius-" + instance)));
    return new HostTraces(
        new TreeSet<>(Leftovers.mountsUnder(host.root())),
        routes.lines().collect(Collectors.toCollection(TreeSet::new)),
        cgroups,
        ContainerdProcess.findShims(files).stream()
            .map(ProcessHandle::toString)
            .collect(Collectors.toCollection(TreeSet::new)),
        names(Path.of("/var/lib/cni/results")).stream()
            .filter(name -> name.startsWith("codius-" + instance + "-"))
            .collect(Collectors.toCollection(TreeSet::new)),
        names(host.root().resolve("ipam/codius-" + instance)).stream()
            .filter(name -> Character.isDigit(name.charAt(0)))
            .collect(Collectors.toCollection(TreeSet::new)),
        names(host.root().resolve("pods")),
        rules
            .lines()
            .dropWhile(line -> !line.contains("codius_" + instance + " "))
            .takeWhile(line -> !line.equals("}"))
            .collect(Collectors.joining("\n")));
  }

  private static String run(String program, String... arguments)
      throws IOException, InterruptedException {
    return HostProgram.find(program).orElseThrow().run(TIMEOUT, "", List.of(arguments));
  }

  /** Returns what is in a folder; nothing if there is none. */
  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    if (!Files.isDirectory(folder)) {
      return names;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (NoSuchFileException e) {
      names.clear(); // gone meanwhile
    }
    return names;
  }
}
