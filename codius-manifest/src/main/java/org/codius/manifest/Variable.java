package org.codius.manifest;

import static java.util.Objects.requireNonNull;

/**
 * A variable as the manifest, which is public, has it.
 *
 * @param encoding how {@code value} hides the real value, or empty if it does not
 * @param value the value itself, or what its encoding makes of it
 */
public record Variable(String encoding, String value) {

  /** The one encoding there is: {@code value} is a {@link PrivateVariable#hash()}. */
  public static final String PRIVATE_SHA256 = "private:sha256";

  public Variable {
    requireNonNull(encoding, "encoding");
    requireNonNull(value, "value");
  }

  /** Returns whether the value is sent apart, for the host only. */
  public boolean isPrivate() {
    return !encoding.isEmpty();
  }
}
