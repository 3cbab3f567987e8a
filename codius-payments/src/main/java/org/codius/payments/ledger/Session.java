package org.codius.payments.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A connection, and the statements that were prepared on it. Confined to one thread at a time. */
final class Session {

  private final Connection connection;
  private final boolean isSqlite;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Session(Connection connection, boolean isSqlite) {
    this.connection = connection;
    this.isSqlite = isSqlite;
  }

  Connection connection() {
    return connection;
  }

  boolean isSqlite() {
    return isSqlite;
  }

  /** Returns the statement, prepared once per connection. The caller does not close it. */
  PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      statements.put(sql, known);
    }
    return known;
  }
}
