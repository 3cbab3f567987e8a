package org.codius.payments.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.function.BooleanSupplier;
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

  /** Result codes of SQLite, {@code sqlite3.h}. */
  private static final int SQLITE_IOERR = 10;

  private static final int SQLITE_FULL = 13;

  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final DataSource source;
  private final BooleanSupplier room;

  @GuardedBy("this")
  private @Nullable Session session;

  @GuardedBy("this")
  private boolean isClosed;

  Database(DataSource source) {
    this(source, () -> false);
  }

  /**
   * @param room makes room on a disk that is full, and returns whether it could
   */
  Database(DataSource source, BooleanSupplier room) {
    this.source = source;
    this.room = room;
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
    try {
      return attempt(work);
    } catch (SQLException e) {
      if (mayBeFull(e) && room.getAsBoolean()) {
        return again(action, work);
      }
      throw new PaymentException(action + ": " + e.getMessage(), e);
    }
  }

  @GuardedBy("this")
  private <T> T again(String action, Work<T> work) {
    try {
      return attempt(work);
    } catch (SQLException e) {
      throw new PaymentException(action + ": " + e.getMessage(), e);
    }
  }

  @GuardedBy("this")
  private <T> T attempt(Work<T> work) throws SQLException {
    boolean isDone = false;
    try {
      Session open = session();
      T result = work.run(open);
      open.connection().commit();
      isDone = true;
      return result;
    } finally {
      if (!isDone) {
        undo();
      }
    }
  }

  /**
   * Whether it may be for want of room: SQLite says FULL where a write found none, and IOERR where
   * it could not make its shared memory larger. It is up to {@link #room} to see whether it is.
   */
  private static boolean mayBeFull(SQLException e) {
    int code = e.getErrorCode() & 0xff; // the low byte of an extended code
    return code == SQLITE_FULL || code == SQLITE_IOERR;
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
