package org.codius.payments.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.codius.payments.PaymentException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, one transaction at a time.
 *
 * <p>A connection that failed is closed, and the next transaction opens another. Safe for use by
 * several threads.
 */
final class Database implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Database.class);

  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final DataSource source;

  @GuardedBy("this")
  private @Nullable Connection connection;

  @GuardedBy("this")
  private boolean isClosed;

  Database(DataSource source) {
    this.source = source;
  }

  /** Work within a transaction. */
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /**
   * Does {@code work} and commits it, or undoes it and throws.
   *
   * @param action says what it is in the message, {@code action: reason}
   * @throws PaymentException if the database failed; nothing was written
   */
  synchronized <T> T transact(String action, Work<T> work) {
    if (isClosed) {
      throw new IllegalStateException(action + ": the ledger is closed");
    }
    boolean isDone = false;
    try {
      Connection open = connection();
      T result = work.run(open);
      open.commit();
      isDone = true;
      return result;
    } catch (SQLException e) {
      throw new PaymentException(action + ": " + e.getMessage(), e);
    } catch (ArithmeticException e) {
      throw new PaymentException(action + ": the books hold less than 2^63 base units", e);
    } finally {
      if (!isDone) {
        undo();
      }
    }
  }

  @GuardedBy("this")
  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = source.getConnection();
      connection = open; // from here on undo() closes it
      String product = open.getMetaData().getDatabaseProductName();
      if (!product.equals("SQLite")) {
        throw new SQLException("the database is " + product + " (expected: SQLite)");
      }
      try (Statement statement = open.createStatement()) {
        statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute("PRAGMA synchronous = FULL"); // on disk when commit returns
        statement.execute("PRAGMA foreign_keys = ON");
      }
      open.setAutoCommit(false);
    }
    return open;
  }

  @GuardedBy("this")
  private void undo() {
    Connection open = connection;
    connection = null;
    if (open == null) {
      return;
    }
    try (Connection closing = open) {
      if (!closing.getAutoCommit()) {
        closing.rollback();
      }
    } catch (SQLException e) {
      log.warn("roll back: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    undo();
  }
}
