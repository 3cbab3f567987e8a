package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Removes what a private containerd leaves behind when it ends, in particular one that did not end
 * well.
 *
 * <p>Outside its own folder these are: a shim per sandbox with a socket in {@code
 * /run/containerd/s}, containers, cgroups, network namespaces (which go with their mounts, and the
 * interfaces with them) and CNI's notes in {@code /var/lib/cni}.
 */
final class Leftovers {

  private static final Path RUN = Path.of("/run/containerd");
  private static final Path CNI = Path.of("/var/lib/cni");

  /** The field of a line of mountinfo, see proc(5). */
  private static final int MOUNT_POINT = 4;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final ContainerdFiles files;
  private final ContainerdPrograms programs;
  private final String instance;

  Leftovers(ContainerdFiles files, ContainerdPrograms programs, String instance) {
    this.files = files;
    this.programs = programs;
    this.instance = instance;
  }

  void remove() throws IOException, InterruptedException {
    List<Path> sockets = shimSockets();
    for (ProcessHandle shim : ContainerdProcess.findShims(files)) {
      shim.destroyForcibly();
    }
    PodCgroups.of(instance).clear();
    for (Path socket : sockets) {
      Files.deleteIfExists(socket);
    }
    unmount();
    removeNetworkNotes();
    for (Path folder : List.of(RUN.resolve("s"), RUN.resolve("runc"), RUN)) {
      deleteIfEmpty(folder);
    }
    deleteTree(files.root());
  }

  /** Returns the sockets named in the bundles of shims that nobody removed. */
  private List<Path> shimSockets() throws IOException {
    List<Path> sockets = new ArrayList<>();
    for (Path bundle : list(files.bundles())) {
      Path address = bundle.resolve("address");
      if (Files.exists(address)) {
        String text = Files.readString(address).strip();
        if (text.startsWith("unix://" + RUN)) {
          sockets.add(Path.of(text.substring("unix://".length())));
        }
      }
    }
    return sockets;
  }

  private void unmount() throws IOException, InterruptedException {
    List<String> mounts = new ArrayList<>(mountsUnder(files.root()));
    Collections.reverse(mounts); // a later mount may be inside an earlier one
    for (String mount : mounts) {
      programs.umount().run(TIMEOUT, "", List.of("--lazy", mount));
    }
  }

  /** Returns the mount points at or under {@code root}, oldest first. */
  static List<String> mountsUnder(Path root) throws IOException {
    String inside = root + "/";
    return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .map(line -> line.split(" ", MOUNT_POINT + 2)[MOUNT_POINT].replace("\\040", " "))
        .filter(mount -> mount.startsWith(inside))
        .toList();
  }

  private void removeNetworkNotes() throws IOException {
    for (Path note : list(CNI.resolve("results"))) {
      if (note.getFileName().toString().startsWith(ContainerdFiles.networkName(instance) + "-")) {
        Files.deleteIfExists(note);
      }
    }
    deleteIfEmpty(CNI.resolve("results"));
    deleteIfEmpty(CNI);
  }

  /** Returns what is in a folder; nothing if there is none, as when another instance removed it. */
  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return; // somebody else's too
    }
  }

  /** Does not follow symbolic links. */
  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(folder)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
    }
  }
}
