package org.codius.daemon.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.codius.daemon.lease.SettingStore;

/** The settings in the host's database. */
final class SqliteSettings implements SettingStore {

  private final HostDatabase database;

  SqliteSettings(HostDatabase database) {
    this.database = database;
  }

  @Override
  public Optional<String> find(String name) {
    return database
        .query(
            "read a setting",
            row -> row.getString(1),
            "select value from setting where name = ?",
            name)
        .stream()
        .findFirst();
  }

  @Override
  public Map<String, String> all(String prefix) {
    Map<String, String> found = new LinkedHashMap<>();
    database.query(
        "read settings",
        row -> found.put(row.getString(1), row.getString(2)),
        "select name, value from setting where substr(name, 1, ?) = ? order by name",
        prefix.length(),
        prefix);
    return found;
  }

  @Override
  public void put(String name, String value) {
    database.update("write a setting", "insert or replace into setting values (?, ?)", name, value);
  }

  @Override
  public void remove(String name) {
    database.update("remove a setting", "delete from setting where name = ?", name);
  }
}
