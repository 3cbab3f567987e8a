package org.codius.daemon.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of the host's database, and the way from one release's to the next's.
 *
 * <p>Instants are milliseconds since 1970, spans of time milliseconds, memory MiB.
 */
final class HostSchema {

  /** What each version adds to the one before. Released ones never change. */
  private static final List<List<String>> VERSIONS =
      List.of(
          List.of(
              """
              create table lease (
                hash text primary key,
                state text not null,
                request blob not null,
                expiry integer not null
              ) strict""",
              "create index lease_expiry on lease (expiry)",
              """
              create table purchase (
                token text primary key,
                item text not null,
                hash text not null,
                price text not null,
                asset_code text not null,
                asset_scale integer not null,
                expiry integer not null,
                settled integer not null
              ) strict""",
              "create index purchase_expiry on purchase (expiry)",
              "create index purchase_unsettled on purchase (settled) where settled = 0"),
          List.of(
              "alter table lease add column class text not null default 'small'",
              "alter table lease add column memory integer not null default 552",
              "alter table lease add column started integer",
              "alter table lease add column restarts integer not null default 0",
              "alter table lease add column failure text not null default ''",
              "alter table lease add column listening integer not null default 1",
              "alter table lease add column down_since integer",
              "alter table lease add column credited integer not null default 0",
              "alter table lease add column suspended integer not null default 0",
              "alter table lease add column ended integer",
              "drop index lease_expiry",
              """
              create index lease_running on lease (expiry)
              where state in ('PAID', 'RUNNING') and down_since is null""",
              """
              create index lease_ending on lease (state)
              where state in ('EXPIRED', 'FAILED', 'REMOVED')""",
              "create index lease_memory on lease (memory)",
              """
              create table ended_lease (
                hash text not null,
                state text not null,
                request blob not null,
                expiry integer not null,
                class text not null,
                memory integer not null,
                started integer,
                restarts integer not null,
                failure text not null,
                listening integer not null,
                down_since integer,
                credited integer not null,
                suspended integer not null,
                ended integer not null
              ) strict""",
              "create index ended_lease_hash on ended_lease (hash, ended)",
              "create index ended_lease_ended on ended_lease (ended)",
              "alter table purchase add column begins integer not null default 0",
              // An item is upload or extend, the hash, and how many seconds of it.
              """
              update purchase
              set begins = expiry - 1000 * cast(substr(item, length(hash) + 9) as integer)""",
              "alter table purchase add column images text not null default ''",
              "alter table purchase add column management text not null default ''",
              "alter table purchase add column surrendered integer",
              "create index purchase_hash on purchase (hash)",
              "create table setting (name text primary key, value text not null) strict"));

  static final int VERSION = VERSIONS.size();

  private HostSchema() {}

  /**
   * Brings the tables up to date, all at once or not at all.
   *
   * @throws SQLException if that fails, or a newer release wrote them
   */
  static void migrate(Connection connection, Path file) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version;
      try (ResultSet row = statement.executeQuery("pragma user_version")) {
        version = row.getInt(1);
      }
      if (version > VERSION) {
        throw new SQLException(
            "%s: schema %d (expected: at most %d); a newer codiusd wrote it"
                .formatted(file, version, VERSION));
      }
      if (version == VERSION) {
        return;
      }
      connection.setAutoCommit(false);
      for (List<String> step : VERSIONS.subList(version, VERSION)) {
        for (String sql : step) {
          statement.execute(sql);
        }
      }
      statement.execute("pragma user_version = " + VERSION);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }
}
