package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.codius.hyper.PodId;

/** What is kept of each pod on disk: its output, and whether its egress is open. */
record PodFolders(Path root, String instance) {

  private static final String EGRESS_MARK = "egress";

  void makeRoot() throws IOException {
    Files.createDirectories(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  Path logs(PodId id) {
    return root.resolve(id.toString()).resolve("logs");
  }

  void make(PodId id) throws IOException {
    Files.createDirectories(logs(id));
  }

  void remove(PodId id) throws IOException {
    Leftovers.deleteTree(root.resolve(id.toString()));
  }

  boolean isEgressOpen(PodId id) {
    return Files.exists(root.resolve(id.toString()).resolve(EGRESS_MARK));
  }

  void markEgressOpen(PodId id) throws IOException {
    Files.writeString(root.resolve(id.toString()).resolve(EGRESS_MARK), "");
  }

  /** Returns every pod of the instance that has a folder. */
  List<PodId> list() throws IOException {
    String prefix = PodId.prefix(instance);
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> new PodId(instance, name.substring(prefix.length())))
          .toList();
    }
  }
}
