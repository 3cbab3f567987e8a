package org.codius.daemon.config;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;

/** Settings for a test. */
final class Given {

  private Given() {}

  static Settings nothing() {
    return environment(Map.of());
  }

  static Settings environment(Map<String, String> values) {
    return new Settings(List.of(ConfigSource.environment(values)));
  }

  /** Asserts that a host does not start with {@code key} set to {@code value}, and says why. */
  static void assertRefused(String key, String value, String expected) {
    assertThatThrownBy(() -> DaemonConfig.from(Map.of(key, value)))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("configuration: %s: \"%s\" (expected: %s)", key, value, expected);
  }
}
