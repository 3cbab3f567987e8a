package org.codius.daemon.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.config.DaemonConfig;
import org.codius.payments.Asset;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteDataSource;
import picocli.CommandLine.Mixin;

/** Whose books it is about. */
final class LedgerOptions {

  @Mixin private HostOptions host = new HostOptions();

  /** Returns how the host is set up that keeps them. */
  DaemonConfig config() {
    return host.config();
  }

  /** Work with the books of one asset. */
  interface Work {
    void with(SqlLedger ledger);
  }

  /** Opens the books of each asset, one after the other. */
  void forEach(Work work) {
    DataSource database = database();
    for (Asset asset : assets(database)) {
      try (SqlLedger ledger = SqlLedger.open(database, asset, InstantSource.system())) {
        work.with(ledger);
      }
    }
  }

  /**
   * Opens the books of {@code asset}.
   *
   * @throws ClientException if there are none
   */
  SqlLedger open(Asset asset) {
    DataSource database = database();
    if (!assets(database).contains(asset)) {
      throw new ClientException(
          "the host has no books in %s/%d".formatted(asset.code(), asset.scale()),
          "Use an account in what it is owed in: 'codiusd ledger check' lists it.");
    }
    return SqlLedger.open(database, asset, InstantSource.system());
  }

  private static List<Asset> assets(DataSource database) {
    return new ArrayList<>(SqlLedger.assetsIn(database));
  }

  private DataSource database() {
    Path file = config().root().resolve("ledger.db");
    if (!Files.exists(file)) {
      throw new ClientException(
          "no books at " + file, "Name the host's data folder: --root FOLDER, or CODIUS_ROOT.");
    }
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + file);
    return database;
  }
}
