package org.codius.daemon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {

  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir private Path folder;

  private Path root;
  private Path file;
  private Path other;

  @BeforeEach
  void makeAHost() throws Exception {
    root = folder.resolve("root");
    file = folder.resolve("backup.zip");
    other = folder.resolve("other");
    DataFolder.open(root, new SecureRandom()).close();
    try (HostDatabase host = HostDatabase.open(root.resolve("host.db"))) {
      host.settings().put("price.small", "7");
    }
    count("ledger.db", 1);
  }

  @Test
  void bringsBackWhatTheHostRemembered() throws Exception {
    Backup.write(root, file, true);
    Restoration.restore(file, other, NOW);

    try (DataFolder was = DataFolder.open(root, new SecureRandom());
        DataFolder is = DataFolder.open(other, new SecureRandom());
        HostDatabase host = HostDatabase.open(is.leases())) {
      assertThat(host.settings().find("price.small")).contains("7");
      assertThat(is.instance()).isEqualTo(was.instance());
      assertThat(is.secret().derive("x")).isEqualTo(was.secret().derive("x"));
    }
    assertThat(counted(other, "ledger.db")).isEqualTo(1);
  }

  @Test
  void creditsNoTimeSinceTheBackup() throws Exception {
    try (HostDatabase host = HostDatabase.open(root.resolve("host.db"))) {
      host.settings().put("alive", "1000"); // as the daemon has it while it runs
    }
    Backup.write(root, file, true);
    Restoration.restore(file, other, NOW);

    try (HostDatabase host = HostDatabase.open(other.resolve("host.db"))) {
      assertThat(host.settings().find("alive")).contains(Long.toString(NOW.toEpochMilli()));
    }
  }

  @Test
  void isOfOneInstantWhileTheHostWrites() throws Exception {
    AtomicBoolean isDone = new AtomicBoolean();
    count("host.db", 1);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int n = 2; !isDone.get(); n++) { // the money comes first, then the lease
                count("ledger.db", n);
                count("host.db", n);
              }
            });
    try {
      for (int i = 0; i < 20; i++) {
        Path to = folder.resolve("to" + i);
        Path copy = folder.resolve("copy" + i);
        Backup.write(root, copy, true);
        Restoration.restore(copy, to, NOW);

        int leases = counted(to, "host.db");
        assertThat(counted(to, "ledger.db")).isBetween(leases, leases + 1);
      }
    } finally {
      isDone.set(true);
      writer.join();
    }
  }

  @Test
  void hasTheKeyOnlyIfAskedFor() throws Exception {
    Backup.write(root, file, false);

    try (ZipFile zip = new ZipFile(file.toFile())) {
      assertThat(zip.getEntry("secret.key")).isNull();
    }
    assertThatThrownBy(() -> Restoration.restore(file, other, NOW))
        .hasMessageContaining("has no key; put the host's secret.key into " + other);

    Files.copy(root.resolve("secret.key"), other.resolve("secret.key"));
    Restoration.restore(file, other, NOW);
    assertThat(other.resolve("host.db")).exists();
  }

  @Test
  void isNotRestoredBesideAnotherHostsKey() throws Exception {
    Backup.write(root, file, false);
    Files.createDirectory(other);
    HostSecret.open(other.resolve("secret.key"), new SecureRandom());

    assertThatThrownBy(() -> Restoration.restore(file, other, NOW))
        .hasMessage(other.resolve("secret.key") + ": is another host's key");
    assertThat(other.resolve("host.db")).doesNotExist();
  }

  @Test
  void isNotRestoredOverAHost() throws Exception {
    Backup.write(root, file, true);

    assertThatThrownBy(() -> Restoration.restore(file, root, NOW))
        .hasMessageContaining(root + ": is not empty: host.db");

    try (DataFolder running = DataFolder.open(root, new SecureRandom())) {
      assertThat(running.instance()).isNotEmpty();
      assertThatThrownBy(() -> Restoration.restore(file, root, NOW))
          .hasMessage(root + ": in use by a running codiusd");
    }
  }

  @Test
  void isReadByItsOwnerAloneAndReplacesNothing() throws Exception {
    Backup.write(root, file, true);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> Backup.write(root, file, true))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(root)
        .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("backup"));
  }

  @Test
  void leavesNothingBehindIfItIsNone() throws Exception {
    Files.writeString(file, "no zip");

    assertThatThrownBy(() -> Restoration.restore(file, other, NOW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no backup of a host");
    assertThat(other).doesNotExist();
  }

  @Test
  void needsAHost() {
    assertThatThrownBy(() -> Backup.write(folder, file, false))
        .hasMessageContaining("no host there");
    assertThat(file).doesNotExist();
  }

  private void count(String database, int n) {
    try (Connection connection = Backup.open(root.resolve(database));
        Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("create table if not exists counted (n integer)");
      statement.execute("insert into counted values (" + n + ")");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int counted(Path root, String database) throws SQLException {
    try (Connection connection = Backup.open(root.resolve(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select max(n) from counted")) {
      return row.getInt(1);
    }
  }
}
