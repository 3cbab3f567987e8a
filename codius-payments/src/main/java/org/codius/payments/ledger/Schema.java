package org.codius.payments.ledger;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
  private static final int VERSION = 3;

  /**
   * A number of 64 bits that the row is found by. SQLite keeps the rows themselves in that order if
   * its type is INTEGER, and an index beside them if it is BIGINT, as until version 2; PostgreSQL's
   * INTEGER has 32 bits.
   */
  private static final String SQLITE_KEY = "INTEGER PRIMARY KEY";

  private static final String KEY = "BIGINT PRIMARY KEY";

  /** The tables with a {@link #KEY}, whose place is a {@code %s}. */
  private static final Map<String, String> NUMBERED =
      ImmutableMap.of(
          "ledger_entry",
          """
          CREATE TABLE ledger_entry (
            id %s,
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
          "ledger_in_doubt",
          "CREATE TABLE ledger_in_doubt (entry %s)",
          "ledger_unconfirmed",
          "CREATE TABLE ledger_unconfirmed (entry %s)");

  private static final List<String> OTHERS =
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
        for (String sql : OTHERS) {
          statement.execute(sql);
        }
        for (String table : NUMBERED.keySet()) {
          make(session, statement, table);
        }
        if (VersionOne.isThere(session)) {
          VersionOne.takeOver(session, statement);
        }
      }
    }
    int version = version(session);
    if (version == 2) {
      takeOverVersionTwo(session);
    } else if (version != VERSION) {
      throw new PaymentException(
          "open ledger: it was made by a newer codiusd (version %d, we know %d)"
              .formatted(version, VERSION));
    }
    return !isThere;
  }

  private static int version(Session session) throws SQLException {
    try (PreparedStatement select =
            session.connection().prepareStatement("SELECT version FROM ledger_version");
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  private static void make(Session session, Statement statement, String table) throws SQLException {
    String key = session.isSqlite() ? SQLITE_KEY : KEY;
    statement.execute(requireNonNull(NUMBERED.get(table), table).formatted(key));
  }

  /** Gives the tables of SQLite the key they have now; those of PostgreSQL had it. */
  private static void takeOverVersionTwo(Session session) throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      if (session.isSqlite()) {
        for (String table : NUMBERED.keySet()) {
          statement.execute("ALTER TABLE %s RENAME TO ledger_former".formatted(table));
          make(session, statement, table);
          statement.execute("INSERT INTO %s SELECT * FROM ledger_former".formatted(table));
          statement.execute("DROP TABLE ledger_former");
        }
      }
      statement.execute("UPDATE ledger_version SET version = " + VERSION);
    }
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
