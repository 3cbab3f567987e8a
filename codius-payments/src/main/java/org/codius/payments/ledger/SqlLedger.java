package org.codius.payments.ledger;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;

/**
 * Double-entry books in an SQLite database.
 *
 * <p>Three kinds of accounts: {@code received} is what arrived, {@code earned} what of it was
 * settled, {@code owed/<token>} what of it is still owed. A booking moves money between two of
 * them, and its postings add up to zero: what arrived is positive, what became of it negative.
 *
 * <p>One call, one transaction. The sum of what ever arrived stays below 2^63 base units. Safe for
 * use by several threads and, on one file, by several processes.
 */
public final class SqlLedger implements Ledger {

  private final Database database;
  private final Asset asset;
  private final InstantSource clock;

  private SqlLedger(Database database, Asset asset, InstantSource clock) {
    this.database = database;
    this.asset = asset;
    this.clock = clock;
  }

  /**
   * Opens the books in {@code database}, making them if it has none.
   *
   * @throws PaymentException if it cannot be read, was made by a newer version, or counts another
   *     asset
   */
  public static SqlLedger open(DataSource database, Asset asset, InstantSource clock) {
    requireNonNull(database, "database");
    requireNonNull(asset, "asset");
    requireNonNull(clock, "clock");
    Database books = new Database(database);
    books.transact("open ledger", connection -> Schema.prepare(connection, asset));
    return new SqlLedger(books, asset, clock);
  }

  @Override
  public Amount receive(PayToken token, Amount amount) {
    long units = unitsOf(amount);
    if (units == 0) {
      return owed(token);
    }
    return database.transact(
        "book " + amount + " under " + token,
        connection -> {
          Books books = new Books(connection);
          long booking = books.begin("receive", clock.instant());
          books.post(booking, Books.RECEIVED, units);
          books.post(booking, Books.owed(token), -units);
          return owed(books, token);
        });
  }

  @Override
  public Amount owed(PayToken token) {
    return database.transact(
        "read what is owed to " + token, connection -> owed(new Books(connection), token));
  }

  private Amount owed(Books books, PayToken token) throws SQLException {
    return toAmount(-books.balance(Books.owed(token)));
  }

  @Override
  public void settle(PayToken token, String purchase, Amount price) {
    requireNonNull(purchase, "purchase");
    long units = unitsOf(price);
    database.transact(
        "settle " + price + " of " + token,
        connection -> settle(new Books(connection), token, purchase, units));
  }

  /** Returns whether it was done now; false if it was before. */
  private boolean settle(Books books, PayToken token, String purchase, long units)
      throws SQLException {
    OptionalLong booking = books.beginOnce("settle", purchase, clock.instant());
    if (booking.isEmpty()) {
      return false;
    }
    Amount owed = owed(books, token);
    if (owed.baseUnits().longValue() < units) {
      throw new IllegalStateException(
          "settle " + toAmount(units) + " of " + token + ": only " + owed + " is owed");
    }
    if (units > 0) {
      books.post(booking.getAsLong(), Books.owed(token), units);
      books.post(booking.getAsLong(), Books.EARNED, -units);
    }
    return true;
  }

  @Override
  public Summary summary() {
    return database.transact("read the sums", this::summary);
  }

  private Summary summary(Connection connection) throws SQLException {
    Books books = new Books(connection);
    return new Summary(
        toAmount(books.balance(Books.RECEIVED)),
        toAmount(-books.balance(Books.EARNED)),
        toAmount(books.owedInAll()));
  }

  @Override
  public List<String> check() {
    return database.transact("check the books", Audit::check);
  }

  @Override
  public void close() {
    database.close();
  }

  private long unitsOf(Amount amount) {
    if (!amount.asset().equals(asset)) {
      throw new IllegalArgumentException(
          "amount: in " + amount.asset() + " (expected: " + asset + ")");
    }
    long units = amount.baseUnits().longValue();
    if (units < 0) {
      throw new PaymentException("book " + amount + ": the books hold less than 2^63 base units");
    }
    return units;
  }

  private Amount toAmount(long units) {
    return Amount.of(units, asset);
  }
}
