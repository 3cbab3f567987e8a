package org.codius.hyper;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name a pod has in the runtime: {@code codius-<instance>-<name>}.
 *
 * <p>The instance tells the pods of one daemon from those of another on the same runtime. Lowercase
 * letters and digits only, so that it is safe as a path, a cgroup and a container name.
 */
public record PodId(String instance, String name) {

  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{1,16}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,64}");

  private static final Pattern WHOLE = Pattern.compile("codius-([a-z0-9]{1,16})-([a-z0-9]{1,64})");

  public PodId {
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 16 of a-z, 0-9)");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "pod name: \"" + name + "\" (expected: 1 to 64 of a-z, 0-9)");
    }
  }

  /** Returns the id that {@code text} spells, or empty if it is not one of any instance. */
  public static Optional<PodId> parse(String text) {
    Matcher parts = WHOLE.matcher(text);
    return parts.matches()
        ? Optional.of(new PodId(parts.group(1), parts.group(2)))
        : Optional.empty();
  }

  /** Returns what every pod id of {@code instance} begins with. */
  public static String prefix(String instance) {
    return "codius-" + instance + "-";
  }

  @Override
  public String toString() {
    return prefix(instance) + name;
  }
}
