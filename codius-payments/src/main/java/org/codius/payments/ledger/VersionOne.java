package org.codius.payments.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.codius.payments.Asset;
import org.codius.payments.ledger.Entry.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Takes over books of the first version: SQLite only, one asset, bookings of several postings each,
 * no chain. Their entries get their hashes here.
 *
 * <p>It booked money that came in from {@code received} to {@code owed/<token>}, and what was
 * earned of it to {@code earned}, once per purchase. What a token's money was for it did not say.
 */
final class VersionOne {

  private static final String OWED = "owed/";

  /** Postings say it twice, once with each sign; a free purchase has none. */
  private static final String BOOKINGS =
      """
      SELECT booking.id, kind, purchase, booked_at,
          COALESCE(MAX(amount), 0) AS amount,
          MAX(CASE WHEN account LIKE 'owed/%' THEN account END) AS owed
        FROM booking LEFT JOIN posting ON booking = booking.id
        GROUP BY booking.id ORDER BY booking.id
      """;

  private VersionOne() {}

  static boolean isThere(Session session) throws SQLException {
    return session.isSqlite() && Schema.has(session, "book") && Schema.has(session, "booking");
  }

  /** Writes all of it into the new tables, and drops the old ones. */
  static void takeOver(Session session, Statement statement) throws SQLException {
    Books books =
        Books.open(session, asset(statement), Instant.EPOCH, true); // each says its own time
    try (ResultSet row = statement.executeQuery(BOOKINGS)) {
      while (row.next()) {
        take(books, row);
      }
    }
    books.write();
    Books.confirmAll(session);
    for (String table : new String[] {"posting", "account", "booking", "book"}) {
      statement.execute("DROP TABLE " + table);
    }
    statement.execute("PRAGMA user_version = 0"); // it is kept in a table now
  }

  private static void take(Books books, ResultSet row) throws SQLException {
    String bookedAt = row.getString("booked_at");
    long amount = row.getLong("amount");
    String owed = name(row.getString("owed"));
    if (row.getString("kind").equals("receive")) {
      books.move(Kind.RECEIVE, Accounts.UPLINK, owed, amount, null, null, bookedAt);
    } else {
      String purchase = Accounts.SETTLE_PREFIX + row.getString("purchase");
      books.move(Kind.SETTLE, owed, Accounts.REVENUE, amount, purchase, null, bookedAt);
    }
  }

  /** Returns the new name of an account; a free purchase named none. */
  private static String name(@Nullable String account) {
    return account == null
        ? Accounts.REVENUE
        : Accounts.OWED_PREFIX + account.substring(OWED.length());
  }

  private static Asset asset(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT asset_code, asset_scale FROM book")) {
      if (!row.next()) {
        throw new SQLException("it does not say what it counts");
      }
      return new Asset(row.getString(1), row.getInt(2));
    }
  }
}
