package org.codius.payments.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;

/** The tables. SQLite keeps their version for us, in {@code user_version}. */
final class Schema {

  private static final int NONE = 0;
  private static final int VERSION = 1;

  /** In STRICT tables a sum that leaves 64 bits is an error, not a rounded number. */
  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE book (
            asset_code TEXT NOT NULL,
            asset_scale INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE account (
            name TEXT PRIMARY KEY,
            balance INTEGER NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE booking (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            purchase TEXT UNIQUE,
            booked_at TEXT NOT NULL
          ) STRICT
          """,
          """
          CREATE TABLE posting (
            booking INTEGER NOT NULL REFERENCES booking (id),
            account TEXT NOT NULL REFERENCES account (name),
            amount INTEGER NOT NULL CHECK (amount <> 0),
            PRIMARY KEY (booking, account)
          ) STRICT
          """,
          "CREATE INDEX posting_by_account ON posting (account)",
          "PRAGMA user_version = " + VERSION);

  private Schema() {}

  /** Makes the tables if there are none, and returns whether it did. */
  static boolean prepare(Connection connection, Asset asset) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = versionOf(statement);
      if (version > VERSION) {
        throw new PaymentException(
            "open ledger: it was made by a newer codiusd (version "
                + version
                + ", we know "
                + VERSION
                + ")");
      }
      if (version == VERSION) {
        requireSame(statement, asset);
        return false;
      }
      for (String table : TABLES) {
        statement.execute(table);
      }
    }
    String insert = "INSERT INTO book (asset_code, asset_scale) VALUES (?, ?)";
    try (PreparedStatement book = connection.prepareStatement(insert)) {
      book.setString(1, asset.code());
      book.setInt(2, asset.scale());
      book.executeUpdate();
    }
    return true;
  }

  private static int versionOf(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA user_version")) {
      return row.next() ? row.getInt(1) : NONE;
    }
  }

  private static void requireSame(Statement statement, Asset asset) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT asset_code, asset_scale FROM book")) {
      if (!row.next()) {
        throw new PaymentException("open ledger: it does not say what it counts");
      }
      Asset counted = new Asset(row.getString(1), row.getInt(2));
      if (!counted.equals(asset)) {
        throw new PaymentException(
            "open ledger: it counts "
                + counted.code()
                + " of scale "
                + counted.scale()
                + ", the uplink "
                + asset.code()
                + " of scale "
                + asset.scale()
                + " (keep a ledger for each)");
      }
    }
  }
}
