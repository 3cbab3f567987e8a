package org.codius.daemon.admin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a host does not run.
 *
 * @param value a digest {@code sha256:…}, a manifest hash, or a registry's host name
 */
record Ban(Kind kind, String value) {

  Ban {
    if (!kind.shape.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "ban: \"" + value + "\" (expected: " + kind.expected + ")");
    }
  }

  /** By what it is told. */
  enum Kind {
    IMAGE("sha256:[0-9a-f]{64}", "an image's digest, sha256:…"),
    MANIFEST("[a-z2-7]{52}", "a manifest's hash, 52 letters and digits"),
    REGISTRY("[a-z0-9.\\-\\[\\]:]{1,255}", "a registry's host name, such as docker.io");

    private final Pattern shape;
    private final String expected;

    Kind(String shape, String expected) {
      this.shape = Pattern.compile(shape);
      this.expected = expected;
    }

    static Optional<Kind> parse(String name) {
      return Arrays.stream(values())
          .filter(kind -> kind.name().equals(name.toUpperCase(Locale.ROOT)))
          .findFirst();
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public String toString() {
    return kind + " " + value;
  }
}
