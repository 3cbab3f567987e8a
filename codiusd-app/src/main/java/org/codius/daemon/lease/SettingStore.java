package org.codius.daemon.lease;

import java.util.Map;
import java.util.Optional;

/**
 * Remembers what the operator changed while the host ran: prices, bans and the like.
 *
 * <p>A change is on disk when its call returns. The calls block. Safe for use by several threads.
 */
public interface SettingStore {

  Optional<String> find(String name);

  /** Returns the settings whose names begin with {@code prefix}, by name. */
  Map<String, String> all(String prefix);

  void put(String name, String value);

  void remove(String name);
}
