package org.codius.payments.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
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

  private static final String SQLITE = "SQLite";
  private static final Set<String> KNOWN = Set.of(SQLITE, "PostgreSQL");
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final DataSource source;

  @GuardedBy("this")
  private @Nullable Session session;

  @GuardedBy("this")
  private boolean isClosed;

  Database(DataSource source) {
    this.source = source;
  }

  /** Work within a transaction. */
  interface Work<T> {
    T run(Session session) throws SQLException;
  }

  /**
   * Does {@code work} and commits it, or undoes it and throws.
   *
   * @param action says what it is in the message, {@code action: reason}
   * @throws PaymentException if the database failed; nothing was written
   */
  synchronized <T> T transact(String action, Work<T> work) {
    if (isClosed) {
      throw new PaymentException(action + ": the ledger is closed");
    }
    boolean isDone = false;
    try {
      Session open = session();
      T result = work.run(open);
      open.connection().commit();
      isDone = true;
      return result;
    } catch (SQLException e) {
      throw new PaymentException(action + ": " + e.getMessage(), e);
    } finally {
      if (!isDone) {
        undo();
      }
    }
  }

  @GuardedBy("this")
  private Session session() throws SQLException {
    Session open = session;
    if (open == null) {
      Connection connection = source.getConnection();
      String product = connection.getMetaData().getDatabaseProductName();
      open = new Session(connection, product.equals(SQLITE));
      session = open; // from here on undo() closes it
      if (!KNOWN.contains(product)) {
        throw new SQLException("the database is " + product + " (expected: one of " + KNOWN + ")");
      }
      if (open.isSqlite()) {
        tune(connection);
      }
      connection.setAutoCommit(false);
    }
    return open;
  }

  private static void tune(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL"); // on disk when commit returns
    }
  }

  @GuardedBy("this")
  private void undo() {
    Session open = session;
    session = null;
    if (open == null) {
      return;
    }
    try (Connection closing = open.connection()) {
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
