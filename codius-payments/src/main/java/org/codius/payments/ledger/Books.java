package org.codius.payments.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.OptionalLong;
import org.codius.payments.PayToken;

/**
 * Reads and writes accounts and bookings, within somebody's transaction.
 *
 * <p>What arrived is positive; what is owed or earned of it is negative.
 */
final class Books {

  static final String RECEIVED = "received";
  static final String EARNED = "earned";

  private static final String OWED = "owed/";

  private final Connection connection;

  Books(Connection connection) {
    this.connection = connection;
  }

  static String owed(PayToken token) {
    return OWED + token.hex();
  }

  /** Begins a booking and returns its id. */
  long begin(String kind, Instant now) throws SQLException {
    String insert = "INSERT INTO booking (kind, booked_at) VALUES (?, ?) RETURNING id";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, kind);
      statement.setString(2, now.toString());
      return firstLong(statement).orElseThrow();
    }
  }

  /** Begins the booking of a purchase and returns its id, or empty if it was booked before. */
  OptionalLong beginOnce(String kind, String purchase, Instant now) throws SQLException {
    String insert =
        """
        INSERT INTO booking (kind, purchase, booked_at) VALUES (?, ?, ?)
        ON CONFLICT (purchase) DO NOTHING RETURNING id
        """;
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, kind);
      statement.setString(2, purchase);
      statement.setString(3, now.toString());
      return firstLong(statement);
    }
  }

  /**
   * Moves {@code amount} into an account, out of it if negative.
   *
   * @throws ArithmeticException if its balance would not fit 64 bits
   */
  void post(long booking, String account, long amount) throws SQLException {
    long balance = Math.addExact(balance(account), amount);
    String update =
        """
        INSERT INTO account (name, balance) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET balance = excluded.balance
        """;
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setString(1, account);
      statement.setLong(2, balance);
      statement.executeUpdate();
    }
    String insert = "INSERT INTO posting (booking, account, amount) VALUES (?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setLong(1, booking);
      statement.setString(2, account);
      statement.setLong(3, amount);
      statement.executeUpdate();
    }
  }

  long balance(String account) throws SQLException {
    String select = "SELECT balance FROM account WHERE name = ?";
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setString(1, account);
      return firstLong(statement).orElse(0);
    }
  }

  /** Returns the sum of what is owed to all tokens, zero or positive. */
  long owedInAll() throws SQLException {
    String select = "SELECT -SUM(balance) FROM account WHERE name GLOB '" + OWED + "*'";
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      return firstLong(statement).orElse(0); // no rows sum up to NULL, which reads as 0
    }
  }

  private static OptionalLong firstLong(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
    }
  }
}
