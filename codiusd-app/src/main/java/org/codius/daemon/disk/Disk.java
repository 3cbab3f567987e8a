package org.codius.daemon.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The file systems that the host and its pods write to. Safe for use by several threads. */
public final class Disk {

  private final List<Path> folders;

  /**
   * @param folders one or more, on the file systems it is about
   */
  public Disk(List<Path> folders) {
    if (folders.isEmpty()) {
      throw new IllegalArgumentException("folders: none (expected: at least one)");
    }
    this.folders = List.copyOf(folders);
  }

  /** Returns how much room there is where there is least. */
  public Room room() throws IOException {
    List<Room> rooms = new ArrayList<>();
    for (Path folder : folders) {
      FileStore store = Files.getFileStore(existing(folder));
      rooms.add(new Room(folder, store.getUsableSpace(), store.getTotalSpace()));
    }
    return rooms.stream().min(Comparator.comparingDouble(Room::fraction)).orElseThrow();
  }

  /** Returns {@code folder}, or what is above it as long as nobody has made it. */
  private static Path existing(Path folder) {
    Path path = folder.toAbsolutePath();
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }

  /**
   * What is left on a file system.
   *
   * @param folder which one: a folder on it
   * @param usableBytes that we may write
   */
  public record Room(Path folder, long usableBytes, long totalBytes) {

    /** Returns which part of it is left, from 0 to 1. */
    public double fraction() {
      return totalBytes <= 0 ? 1 : (double) usableBytes / totalBytes;
    }

    @Override
    public String toString() {
      return "%d MiB of %d free at %s (%.1f %%)"
          .formatted(usableBytes >> 20, totalBytes >> 20, folder, fraction() * 100);
    }
  }
}
