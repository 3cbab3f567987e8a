package org.codius.daemon.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The original's settings that nothing here answers to, each with what to do in its stead. */
final class Retired {

  private static final Map<String, String> KEYS =
      Map.of(
          "CODIUS_HYPER_NOOP",
          "pods are really run; codiusd demo tries that on one machine",
          "CODIUS_MEMDOWN_PERSIST",
          "what the host remembers is always on disk, in CODIUS_ROOT",
          "CODIUS_DEV",
          "there is no other mode for developers; without CODIUS_UPLINK the money is play money",
          "CODIUS_SELF_TEST_RETRIES",
          "the host serves whatever its self test says; codiusd doctor tells what is wrong",
          "CODIUS_SELF_TEST_INTERVAL",
          "the host serves whatever its self test says; codiusd doctor tells what is wrong");

  private Retired() {}

  /** Returns what replaces {@code key}, or empty if it is none of them. */
  static Optional<String> replacementOf(String key) {
    return Optional.ofNullable(KEYS.get(key));
  }

  static Set<String> keys() {
    return KEYS.keySet();
  }
}
