package org.codius.daemon.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.SettingStore;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * All that the host remembers but money, in one SQLite file.
 *
 * <p>Write-ahead log with full synchronisation: what a call wrote survives a power cut once it has
 * returned. Safe for use by several threads.
 */
public final class HostDatabase implements AutoCloseable {

  /** Reads one row. */
  interface Reader<T> {
    T read(ResultSet row) throws SQLException;
  }

  @GuardedBy("this")
  private final Connection connection;

  private HostDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Opens the file, made on first use, and brings it up to date.
   *
   * @throws SQLException if it cannot be used, or was written by a newer release
   */
  public static HostDatabase open(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    Connection connection = source.getConnection();
    try {
      HostSchema.migrate(connection, file);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return new HostDatabase(connection);
  }

  /** Returns the leases in it. What was uploaded is sealed with {@code secret}. */
  public LeaseStore leases(HostSecret secret, SecureRandom random) {
    return new SqliteLeaseStore(this, new Sealer(secret.derive("private-variables"), random));
  }

  public SettingStore settings() {
    return new SqliteSettings(this);
  }

  synchronized <T> List<T> query(String action, Reader<T> reader, String sql, Object... values) {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet row = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (row.next()) {
        found.add(reader.read(row));
      }
      return found;
    } catch (SQLException e) {
      throw failed(action, e);
    }
  }

  /** Returns the first number of the first row, or empty if it is null. */
  Optional<Long> number(String action, String sql, Object... values) {
    return query(action, row -> Optional.ofNullable(nullableLong(row, 1)), sql, values).get(0);
  }

  private static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** Returns how many rows it changed. */
  synchronized int update(String action, String sql, @Nullable Object... values) {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw failed(action, e);
    }
  }

  /** Makes the changes that {@code body} makes on its thread together, or none if it throws. */
  synchronized void together(String action, Runnable body) {
    try {
      connection.setAutoCommit(false);
      try {
        body.run();
        connection.commit();
      } finally {
        connection.rollback(); // of nothing, once committed
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw failed(action, e);
    }
  }

  @GuardedBy("this")
  private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed("close the store", e);
    }
  }

  private static StoreException failed(String action, SQLException e) {
    return new StoreException(action + ": " + e.getMessage(), e);
  }
}
