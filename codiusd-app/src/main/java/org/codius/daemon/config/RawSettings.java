package org.codius.daemon.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds settings in their sources and remembers which were asked for, so that what is left is
 * unknown. Everything wrong is reported together. A value that is empty counts as not set.
 */
final class RawSettings {

  private static final String PREFIX = "CODIUS_";

  private final List<ConfigSource> sources;
  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final Set<String> known = new HashSet<>();
  private final Set<String> secret = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  RawSettings(List<ConfigSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /** The value of a key, and where it was found. */
  private record Found(String key, String value, ConfigSource source) {}

  String read(String key, String otherwise, UnaryOperator<String> mask, String... otherNames) {
    known.add(key);
    known.addAll(List.of(otherNames));
    Found found = find(key);
    for (int i = 0; found == null && i < otherNames.length; i++) {
      found = find(otherNames[i]);
    }
    String value = found == null ? otherwise : found.value();
    settings.put(key, new Setting(key, mask.apply(value), originOf(key, found)));
    return value;
  }

  String original(String key) {
    known.add(key);
    Found found = find(key);
    return found == null ? "" : found.value();
  }

  /** Lets {@code key} be in no file that others can read. */
  void keepSecret(String key) {
    secret.add(key);
  }

  private @Nullable Found find(String key) {
    for (ConfigSource source : sources) {
      String value = source.values().getOrDefault(key, "");
      if (!value.isEmpty()) {
        return new Found(key, value, source);
      }
    }
    return null;
  }

  private static String originOf(String key, @Nullable Found found) {
    if (found == null) {
      return "default";
    }
    String name = found.source().name();
    return found.key().equals(key) ? name : name + " (" + found.key() + ")";
  }

  List<Setting> all() {
    return List.copyOf(settings.values());
  }

  void wrong(String key, String value, String expected) {
    problems.add("%s: \"%s\" (expected: %s)".formatted(key, value, expected));
  }

  void failIfWrong() {
    for (ConfigSource source : sources) {
      source.values().keySet().forEach(key -> lookAt(key, source));
    }
    if (!problems.isEmpty()) {
      problems.sort(Comparator.naturalOrder());
      throw new InvalidConfigException(
          "configuration: " + String.join("; ", problems),
          "docs/configuration.md lists every setting; codiusd config show tells where each comes"
              + " from.");
    }
  }

  private void lookAt(String key, ConfigSource source) {
    if (secret.contains(key) && source.isReadByOthers()) {
      problems.add(
          "%s: is secret, and everybody can read %s (expected: chmod 600 %s)"
              .formatted(key, source.name(), source.name()));
    }
    if (known.contains(key) || !(source.isOursAlone() || key.startsWith(PREFIX))) {
      return;
    }
    problems.add(
        Retired.replacementOf(key)
            .map(replacement -> key + ": no longer a setting: " + replacement)
            .orElseGet(
                () ->
                    "%s: no such setting (did you mean %s?)"
                        .formatted(key, NearestName.to(key, settings.keySet()))));
  }
}
