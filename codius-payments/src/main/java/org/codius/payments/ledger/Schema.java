package org.codius.payments.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;

/**
 * The tables, in SQL that SQLite and PostgreSQL take alike.
 *
 * <p>{@code ledger_entry} only grows. {@code ledger_account} and {@code ledger_chain} say what it
 * adds up to and how it ends, and could be made again from it. {@code ledger_in_doubt} holds the
 * packets booked whose senders may not have paid for them yet; {@code ledger_unconfirmed} those of
 * runs that ended before it was known.
 */
final class Schema {

  /** Version 1 had no table to say so. */
  private static final int VERSION = 2;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE ledger_version (version INTEGER NOT NULL)",
          """
          CREATE TABLE ledger_chain (
            entries BIGINT NOT NULL,
            hash TEXT NOT NULL
          )
          """,
          """
          CREATE TABLE ledger_account (
            name TEXT NOT NULL,
            asset_code TEXT NOT NULL,
            asset_scale INTEGER NOT NULL,
            balance BIGINT NOT NULL,
            item TEXT,
            PRIMARY KEY (name, asset_code, asset_scale)
          )
          """,
          """
          CREATE TABLE ledger_entry (
            id BIGINT PRIMARY KEY,
            kind TEXT NOT NULL,
            source TEXT NOT NULL,
            target TEXT NOT NULL,
            asset_code TEXT NOT NULL,
            asset_scale INTEGER NOT NULL,
            amount BIGINT NOT NULL CHECK (amount >= 0),
            reference TEXT UNIQUE,
            item TEXT,
            booked_at TEXT NOT NULL,
            hash TEXT NOT NULL
          )
          """,
          "CREATE TABLE ledger_in_doubt (entry BIGINT PRIMARY KEY)",
          "CREATE TABLE ledger_unconfirmed (entry BIGINT PRIMARY KEY)",
          "INSERT INTO ledger_version (version) VALUES (" + VERSION + ")",
          "INSERT INTO ledger_chain (entries, hash) VALUES (0, '" + Entry.FIRST_HASH + "')");

  private Schema() {}

  /**
   * Makes the tables if there are none, and brings older ones up to date.
   *
   * @throws PaymentException if they are newer than this
   */
  static boolean prepare(Session session) throws SQLException {
    boolean isThere = has(session, "ledger_version");
    if (!isThere) {
      try (Statement statement = session.connection().createStatement()) {
        for (String table : TABLES) {
          statement.execute(table);
        }
        if (VersionOne.isThere(session)) {
          VersionOne.takeOver(session, statement);
        }
      }
    }
    try (PreparedStatement select =
            session.connection().prepareStatement("SELECT version FROM ledger_version");
        ResultSet row = select.executeQuery()) {
      int version = row.next() ? row.getInt(1) : 0;
      if (version != VERSION) {
        throw new PaymentException(
            "open ledger: it was made by a newer codiusd (version %d, we know %d)"
                .formatted(version, VERSION));
      }
    }
    return !isThere;
  }

  static boolean has(Session session, String table) throws SQLException {
    String schema = session.connection().getSchema();
    try (ResultSet tables =
        session
            .connection()
            .getMetaData()
            .getTables(session.connection().getCatalog(), schema, table, null)) {
      return tables.next();
    }
  }

  /** Returns every asset there are accounts in. */
  static Set<Asset> assets(Session session) throws SQLException {
    Set<Asset> assets = new LinkedHashSet<>();
    if (has(session, "ledger_account")) {
      String select =
          """
          SELECT DISTINCT asset_code, asset_scale FROM ledger_account
            ORDER BY asset_code, asset_scale
          """;
      try (PreparedStatement statement = session.connection().prepareStatement(select);
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          assets.add(new Asset(row.getString(1), row.getInt(2)));
        }
      }
    }
    return assets;
  }
}
