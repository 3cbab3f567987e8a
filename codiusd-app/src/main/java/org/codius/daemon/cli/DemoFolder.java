package org.codius.daemon.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.codius.daemon.StartException;
import org.codius.daemon.store.DataFolder;
import org.jspecify.annotations.Nullable;

/**
 * The demo host's data folder. Always the same, so that a demo that was killed is found, and
 * cleared away, by the next.
 */
final class DemoFolder implements AutoCloseable {

  private final Path path;
  private final boolean isParentOurs;

  private DemoFolder(Path path, boolean isParentOurs) {
    this.path = path;
    this.isParentOurs = isParentOurs;
  }

  /**
   * Makes {@code demo} below {@code root}, and that if it is missing.
   *
   * @throws StartException if it cannot be written
   */
  static DemoFolder open(Path root) {
    boolean isRootMissing = !Files.exists(root);
    Path path = root.resolve("demo");
    try {
      DataFolder.makePrivate(path);
      return new DemoFolder(path, isRootMissing);
    } catch (IOException e) {
      throw new StartException(
          "cannot make the folder " + path + ": " + e.getMessage(),
          "Set CODIUS_ROOT to a folder that can be written.",
          e);
    }
  }

  Path path() {
    return path;
  }

  /** Removes it with all that is in it, but nothing that is mounted there. */
  @Override
  public void close() {
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
      if (isParentOurs) {
        Files.delete(path.getParent());
      }
    } catch (IOException e) {
      throw new StartException(
          "cannot remove all of " + path + ": " + e.getMessage(), "Remove it by hand.", e);
    }
  }
}
