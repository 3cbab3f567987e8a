package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;

/**
 * What is kept of each pod on disk: its output, whether its egress is open, which limit it was
 * ended for, and what its containers are started with again (secrets too: the folders are root's).
 */
record PodFolders(Path root, String instance) {

  private static final String EGRESS_MARK = "egress";
  private static final String LIMIT_MARK = "limit";

  void makeRoot() throws IOException {
    Files.createDirectories(
        root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  Path logs(PodId id) {
    return folder(id).resolve("logs");
  }

  LogFiles logFiles(PodId id, int container) {
    return new LogFiles(logs(id).resolve(PodConfigs.logFile(container)));
  }

  /** Where it is noted which images were used when. */
  Path images() {
    return root.resolve("images");
  }

  void make(PodId id) throws IOException {
    Files.createDirectories(logs(id));
  }

  void remove(PodId id) throws IOException {
    Leftovers.deleteTree(folder(id));
  }

  boolean isEgressOpen(PodId id) {
    return Files.exists(folder(id).resolve(EGRESS_MARK));
  }

  void markEgressOpen(PodId id) throws IOException {
    Files.writeString(folder(id).resolve(EGRESS_MARK), "");
  }

  Optional<PodLimit> exceeded(PodId id) {
    return Stream.of(PodLimit.values()).filter(limit -> hasExceeded(id, limit)).findFirst();
  }

  private boolean hasExceeded(PodId id, PodLimit limit) {
    return Files.exists(folder(id).resolve(LIMIT_MARK + "." + limit));
  }

  /** Notes it, unless the pod is gone; returns whether that is news. */
  boolean markExceeded(PodId id, PodLimit limit) throws IOException {
    try {
      Files.createFile(folder(id).resolve(LIMIT_MARK + "." + limit));
      return true;
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      return false; // from an earlier look, or removed meanwhile
    }
  }

  void keepOrder(PodId id, int container, byte[] order) throws IOException {
    Files.write(orderOf(id, container), order);
  }

  byte[] order(PodId id, int container) throws IOException {
    return Files.readAllBytes(orderOf(id, container));
  }

  /** Returns every pod of the instance that has a folder. */
  List<PodId> list() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .flatMap(entry -> PodId.parse(entry.getFileName().toString()).stream())
          .filter(id -> id.instance().equals(instance))
          .toList();
    }
  }

  private Path orderOf(PodId id, int container) {
    return folder(id).resolve(container + ".order");
  }

  private Path folder(PodId id) {
    return root.resolve(id.toString());
  }
}
