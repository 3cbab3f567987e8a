package org.codius.daemon.store;

import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies what a host remembers into one file, also while it runs: a zip of its databases, its
 * instance, and its key only if asked for.
 *
 * <p>Both databases are of the same instant: a lease in one whose money is not in the other would
 * be time that is sold twice, or not paid for.
 */
public final class Backup {

  static final String HOST = "host.db";
  static final String LEDGER = "ledger.db";
  static final String INSTANCE = "instance";
  static final String KEY = "secret.key";

  /** Tells which key private variables are sealed with, and nothing else of it. */
  static final String KEY_MARK = "key.mark";

  /** Longer than a write of the daemon takes. */
  private static final int BUSY_MILLISECONDS = 10_000;

  private static final FileAttribute<?> OWNER_ONLY_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private Backup() {}

  /**
   * Writes it.
   *
   * @param root the host's data folder
   * @param file must not be there yet; its owner alone will be able to read it
   * @throws IOException if there is no host at the root, or it cannot be written
   * @throws SQLException if the databases cannot be read
   */
  public static void write(Path root, Path file, boolean withKey) throws IOException, SQLException {
    if (!Files.exists(root.resolve(HOST)) || !Files.exists(root.resolve(LEDGER))) {
      throw new NoSuchFileException(root.resolve(HOST) + ": no host there");
    }
    Files.createFile(file, OWNER_ONLY);
    Path folder = Files.createTempDirectory(root, "backup", OWNER_ONLY_FOLDER);
    Path hostCopy = folder.resolve(HOST);
    Path ledgerCopy = folder.resolve(LEDGER);
    boolean isWhole = false;
    try {
      copyDatabases(root, hostCopy, ledgerCopy);
      try (ZipOutputStream zip =
          new ZipOutputStream(
              Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.SYNC))) {
        add(zip, root.resolve(INSTANCE));
        zip.putNextEntry(new ZipEntry(KEY_MARK));
        zip.write(markOf(root.resolve(KEY)).getBytes(StandardCharsets.US_ASCII));
        add(zip, hostCopy);
        add(zip, ledgerCopy);
        if (withKey) {
          add(zip, root.resolve(KEY));
        }
      }
      isWhole = true;
    } finally {
      Files.deleteIfExists(hostCopy);
      Files.deleteIfExists(ledgerCopy);
      Files.delete(folder);
      if (!isWhole) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void add(ZipOutputStream zip, Path file) throws IOException {
    zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
    Files.copy(file, zip);
    zip.closeEntry();
  }

  static String markOf(Path key) throws IOException {
    byte[] mark = HostSecret.open(key, new SecureRandom()).derive("backup mark");
    return BaseEncoding.base16().lowerCase().encode(mark);
  }

  /**
   * Nobody writes while both reads begin, which takes no time; each then copies what it saw, while
   * the daemon goes on writing.
   */
  private static void copyDatabases(Path root, Path hostCopy, Path ledgerCopy) throws SQLException {
    try (Connection host = open(root.resolve(HOST));
        Connection ledger = open(root.resolve(LEDGER));
        Statement fromHost = host.createStatement();
        Statement fromLedger = ledger.createStatement()) {
      try (Connection gate = open(root.resolve(HOST));
          Statement both = gate.createStatement()) {
        both.execute("attach '" + quoted(root.resolve(LEDGER)) + "' as ledger");
        both.execute("begin immediate");
        beginReading(fromHost);
        beginReading(fromLedger);
        both.execute("rollback");
      }
      fromHost.executeUpdate("backup to '" + quoted(hostCopy) + "'");
      fromLedger.executeUpdate("backup to '" + quoted(ledgerCopy) + "'");
    }
  }

  private static void beginReading(Statement statement) throws SQLException {
    statement.execute("begin");
    statement.execute("select count(*) from sqlite_schema"); // from now on it sees this state
  }

  static Connection open(Path database) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = " + BUSY_MILLISECONDS);
    }
    return connection;
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
