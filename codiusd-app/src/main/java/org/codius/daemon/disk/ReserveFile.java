package org.codius.daemon.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room beside the books that nobody else can take: a file that is deleted when the books must be
 * written and the disk is full. Safe for use by several threads.
 */
public final class ReserveFile {

  private static final Logger log = LoggerFactory.getLogger(ReserveFile.class);

  /** Twice what SQLite's write-ahead log grows to before it is worked in. */
  public static final int BYTES = 8 << 20;

  private static final int CHUNK = 64 << 10;

  private final Path file;

  public ReserveFile(Path file) {
    this.file = file;
  }

  /**
   * Makes it, unless it is there.
   *
   * @throws IOException if there is no room for it; what was written of it is gone again
   */
  public synchronized void fill() throws IOException {
    if (Files.exists(file) && Files.size(file) == BYTES) {
      return;
    }
    boolean isDone = false;
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[CHUNK];
      new Random().nextBytes(chunk); // zeros would take no room on a file system that packs them
      for (int written = 0; written < BYTES; written += CHUNK) {
        ByteBuffer buffer = ByteBuffer.wrap(chunk);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      channel.force(true);
      isDone = true;
    } finally {
      if (!isDone) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Makes room of it, and returns whether there was any. */
  public synchronized boolean giveUp() {
    try {
      boolean wasThere = Files.deleteIfExists(file);
      if (wasThere) {
        log.error("disk is full: the room kept for the books is given up file={}", file);
      }
      return wasThere;
    } catch (IOException e) {
      log.error("the room kept for the books cannot be given up file={}", file, e);
      return false;
    }
  }

  public synchronized boolean isThere() {
    return Files.exists(file);
  }
}
