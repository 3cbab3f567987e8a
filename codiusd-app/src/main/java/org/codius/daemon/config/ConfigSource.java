package org.codius.daemon.config;

import java.util.Map;

/**
 * One place settings come from.
 *
 * @param name what to call it: {@code environment}, or a file's path
 * @param isOursAlone whether everything in it is meant for us, so that a key that is not ours is a
 *     mistake; else only keys with our prefix are
 * @param isReadByOthers whether everybody on the machine can read it, so that it must hold no
 *     secret
 */
public record ConfigSource(
    String name, Map<String, String> values, boolean isOursAlone, boolean isReadByOthers) {

  public ConfigSource {
    values = Map.copyOf(values);
  }

  /** Returns flags of the command line, under the keys they stand for. */
  public static ConfigSource flags(Map<String, String> values) {
    return new ConfigSource("command line", values, true, false);
  }

  /** Returns the variables of a process. */
  public static ConfigSource environment(Map<String, String> values) {
    return new ConfigSource("environment", values, false, false);
  }

  /** Its values may be secret. */
  @Override
  public String toString() {
    return name;
  }
}
