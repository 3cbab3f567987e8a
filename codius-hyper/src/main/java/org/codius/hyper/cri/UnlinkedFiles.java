package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that a pod's processes hold open after they were deleted: they take up the disk, and nobody
 * who walks through the folders sees them.
 */
final class UnlinkedFiles {

  private static final Logger log = LoggerFactory.getLogger(UnlinkedFiles.class);

  private UnlinkedFiles() {}

  /** Returns the sizes of those of {@code processes}, each file counted once. */
  static DiskUse of(List<Long> processes) throws IOException {
    Set<Object> counted = new HashSet<>();
    DiskUse sum = DiskUse.NONE;
    for (long pid : processes) {
      Path process = Path.of("/proc", Long.toString(pid));
      try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
        Object disk = Files.getAttribute(process.resolve("root"), "unix:dev");
        for (Path file : open) {
          sum = sum.plus(useOf(file, disk, counted));
        }
      } catch (NoSuchFileException e) {
        log.trace("process has ended, or is about to pid={}", pid, e);
      }
    }
    return sum;
  }

  private static DiskUse useOf(Path open, Object disk, Set<Object> counted) throws IOException {
    if (!Files.readSymbolicLink(open).toString().endsWith(" (deleted)")) {
      return DiskUse.NONE;
    }
    try {
      Map<String, Object> file =
          Files.readAttributes(open, "unix:dev,ino,nlink,size,isRegularFile");
      // On another device than the root it is memory, which is limited as such.
      boolean isOnDisk =
          Boolean.TRUE.equals(file.get("isRegularFile"))
              && Integer.valueOf(0).equals(file.get("nlink"))
              && disk.equals(file.get("dev"));
      return isOnDisk && counted.add(List.of(disk, file.getOrDefault("ino", 0L)))
          ? new DiskUse((Long) file.getOrDefault("size", 0L), 1)
          : DiskUse.NONE;
    } catch (NoSuchFileException e) {
      return DiskUse.NONE; // closed meanwhile
    }
  }
}
