package org.codius.hyper.cri;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The files that a container's output is in: {@code 0.log}, which the runtime writes to, and before
 * it {@code 0.log.00000001} and so on, which it wrote to earlier, the highest number last.
 */
record LogFiles(Path live) {

  private static final String NUMBER = "%s.%08d";

  /** Returns those there are, oldest first. */
  List<Path> inOrder() throws IOException {
    List<Path> files = new ArrayList<>(rotated());
    if (Files.exists(live)) {
      files.add(live);
    }
    return files;
  }

  /** Returns the bytes of all of them. */
  long size() throws IOException {
    long sum = 0;
    for (Path file : inOrder()) {
      sum += sizeOf(file);
    }
    return sum;
  }

  /** Gives the live file the next number. The runtime has to be told. */
  void rotate() throws IOException {
    List<Path> rotated = rotated();
    int last = rotated.isEmpty() ? 0 : numberOf(rotated.get(rotated.size() - 1));
    Files.move(live, live.resolveSibling(NUMBER.formatted(live.getFileName(), last + 1)));
  }

  /** Deletes the oldest until all together have at most {@code most} bytes. */
  void trim(long most) throws IOException {
    long size = size();
    for (Path file : rotated()) {
      if (size <= most) {
        return;
      }
      size -= sizeOf(file);
      Files.deleteIfExists(file);
    }
  }

  /** Leaves nothing but the first {@code most} bytes of what the runtime wrote last. */
  void cut(long most) throws IOException {
    trim(0);
    try (FileChannel file = FileChannel.open(live, StandardOpenOption.WRITE)) {
      file.truncate(most);
    } catch (NoSuchFileException e) {
      return; // the pod was removed
    }
  }

  static long sizeOf(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0; // not there yet, or no longer
    }
  }

  private List<Path> rotated() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> folder =
        Files.newDirectoryStream(live.toAbsolutePath().getParent(), live.getFileName() + ".*")) {
      folder.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of(); // the pod was removed
    }
    files.sort(Comparator.comparing(Path::toString));
    return files;
  }

  private static int numberOf(Path file) {
    String name = file.getFileName().toString();
    return Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
  }
}
