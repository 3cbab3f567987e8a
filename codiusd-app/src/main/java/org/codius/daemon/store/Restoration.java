package org.codius.daemon.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Brings a host back from a {@link Backup}.
 *
 * <p>Nothing that was sold before the backup is sold again: tokens that had bought are known, and
 * no time is credited for the while since, when the host may have been up. What was sold after it
 * is forgotten: pods that run and are not in it are removed.
 */
public final class Restoration {

  private static final Set<String> ENTRIES =
      Set.of(Backup.HOST, Backup.LEDGER, Backup.INSTANCE, Backup.KEY, Backup.KEY_MARK);

  /** What a folder may hold already: a lock, and the key if the backup has none. */
  private static final Set<String> ALLOWED = Set.of("lock", Backup.KEY);

  /** The setting with the time the host last was up, in epoch ms. */
  private static final String ALIVE = "alive";

  private Restoration() {}

  /**
   * Unpacks it.
   *
   * @param root the data folder; empty but for the key
   * @throws IOException if it is in use or not empty, the file is no backup, or the key is missing
   *     or another one's
   * @throws SQLException if a database is damaged
   */
  public static void restore(Path file, Path root, Instant now) throws IOException, SQLException {
    try (ZipFile zip = open(file)) {
      checkEntries(zip);
      DataFolder.makePrivate(root);
      try (FileChannel lock =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        if (!isOurs(lock)) {
          throw new IOException(root + ": in use by a running codiusd");
        }
        failIfInUse(root);
        unpack(zip, root, now);
      }
    }
  }

  private static ZipFile open(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new IOException(file + ": is no backup of a host: " + e.getMessage(), e);
    }
  }

  private static void unpack(ZipFile zip, Path root, Instant now) throws IOException, SQLException {
    List<Path> made = new ArrayList<>();
    boolean isDone = false;
    try {
      for (String name : List.of(Backup.INSTANCE, Backup.KEY, Backup.LEDGER, Backup.HOST)) {
        ZipEntry entry = zip.getEntry(name);
        if (entry != null && !(name.equals(Backup.KEY) && Files.exists(root.resolve(name)))) {
          made.add(unpack(zip, entry, root.resolve(name)));
        }
      }
      checkKey(zip, root);
      check(root.resolve(Backup.LEDGER));
      check(root.resolve(Backup.HOST));
      startTheClock(root.resolve(Backup.HOST), now);
      isDone = true;
    } finally {
      if (!isDone) {
        for (Path path : made) {
          Files.deleteIfExists(path);
        }
      }
    }
  }

  private static boolean isOurs(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static void failIfInUse(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      List<String> others =
          files
              .map(path -> path.getFileName().toString())
              .filter(name -> !ALLOWED.contains(name))
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw new IOException(root + ": is not empty: " + String.join(", ", others));
      }
    }
  }

  private static void checkEntries(ZipFile zip) throws IOException {
    List<String> names = zip.stream().map(ZipEntry::getName).toList();
    boolean isWhole =
        names.containsAll(List.of(Backup.HOST, Backup.LEDGER, Backup.INSTANCE, Backup.KEY_MARK));
    if (!isWhole || !ENTRIES.containsAll(names)) {
      throw new IOException(zip.getName() + ": is no backup of a host");
    }
  }

  private static Path unpack(ZipFile zip, ZipEntry entry, Path to) throws IOException {
    Files.createFile(
        to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (var in = zip.getInputStream(entry);
        var out = Files.newOutputStream(to, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
      in.transferTo(out);
    }
    return to;
  }

  private static void checkKey(ZipFile zip, Path root) throws IOException {
    Path key = root.resolve(Backup.KEY);
    if (!Files.exists(key)) {
      throw new IOException(
          zip.getName()
              + ": has no key; put the host's secret.key into "
              + root
              + " first, or its pods cannot be started again");
    }
    try (var in = zip.getInputStream(zip.getEntry(Backup.KEY_MARK))) {
      String mark = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      if (!mark.equals(Backup.markOf(key))) {
        throw new IOException(key + ": is another host's key");
      }
    }
  }

  private static void check(Path database) throws IOException, SQLException {
    try (Connection connection = Backup.open(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("pragma integrity_check")) {
      String verdict = row.next() ? row.getString(1) : "";
      if (!verdict.equals("ok")) {
        throw new IOException(database.getFileName() + ": is damaged: " + verdict);
      }
    }
  }

  /**
   * A host that comes back credits its pods the time it was down, counted from when it last was up.
   * That is known of the backup's time only, and it was up for a while since.
   */
  private static void startTheClock(Path database, Instant now) throws SQLException {
    try (HostDatabase host = HostDatabase.open(database)) {
      host.settings().put(ALIVE, Long.toString(now.toEpochMilli()));
    }
  }
}
