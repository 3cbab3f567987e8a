package org.codius.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import org.codius.daemon.disk.ReserveFile;
import org.codius.daemon.store.DataFolder;
import org.codius.daemon.store.EvidenceFiles;
import org.codius.daemon.store.HostDatabase;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentException;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Opens what the host remembers. */
final class OpenFiles {

  /** With less than this the disk counts as full. */
  private static final long LEAST_BYTES = 1 << 20;

  private OpenFiles() {}

  /**
   * @throws StartException if it cannot be written to, or another daemon has it
   */
  static DataFolder folder(Path root, SecureRandom random) {
    try {
      return DataFolder.open(root, random);
    } catch (AccessDeniedException e) {
      throw new StartException(
          "data folder " + root + ": no permission to write to " + e.getMessage(),
          "Run as root, or set CODIUS_ROOT to a folder you own.",
          e);
    } catch (IOException e) {
      throw new StartException(
          "data folder " + root + ": " + e.getMessage(),
          "Stop the codiusd that uses it, or set CODIUS_ROOT to another folder.",
          e);
    }
  }

  /**
   * @throws StartException if the books cannot be read
   */
  static Ledger ledger(DataFolder folder, Asset asset, InstantSource clock) {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false); // the ledger numbers its entries itself
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + folder.ledger());
    try {
      ReserveFile reserve = reserve(folder);
      return SqlLedger.open(database, asset, clock, () -> isFull(folder) && reserve.giveUp());
    } catch (PaymentException e) {
      throw new StartException(
          e.getMessage(),
          "Restore " + folder.ledger() + " from a backup, or set another CODIUS_ROOT.",
          e);
    }
  }

  /** Returns the room beside the ledger that is given up for it when there is no other. */
  static ReserveFile reserve(DataFolder folder) {
    return new ReserveFile(folder.reserve());
  }

  private static boolean isFull(DataFolder folder) {
    try {
      return Files.getFileStore(folder.ledger()).getUsableSpace() < LEAST_BYTES;
    } catch (IOException e) {
      return true; // the ledger said so
    }
  }

  /**
   * @throws StartException if the leases cannot be read
   */
  static HostDatabase database(DataFolder folder) {
    try {
      return HostDatabase.open(folder.leases());
    } catch (SQLException e) {
      throw new StartException(
          "open the leases: " + e.getMessage(),
          "Restore " + folder.leases() + " from a backup.",
          e);
    }
  }

  /**
   * @throws StartException if its folder cannot be made
   */
  static EvidenceFiles evidence(DataFolder folder) {
    try {
      return EvidenceFiles.open(folder.evidence());
    } catch (IOException e) {
      throw new StartException(
          "open the evidence: " + e.getMessage(),
          "Make " + folder.evidence() + " a folder that the host can write to.",
          e);
    }
  }
}
