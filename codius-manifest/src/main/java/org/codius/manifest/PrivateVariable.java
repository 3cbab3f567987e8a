package org.codius.manifest;

import static java.util.Objects.requireNonNull;

import com.google.common.io.BaseEncoding;

/**
 * The value of a private variable, with the nonce that keeps its hash from being guessed.
 *
 * <p>{@link #toString} shows neither.
 */
public record PrivateVariable(String nonce, String value) {

  public PrivateVariable {
    requireNonNull(nonce, "nonce");
    requireNonNull(value, "value");
  }

  /** Returns the SHA-256, in hex, of the canonical JSON of {@code {nonce, value}}. */
  public String hash() {
    return BaseEncoding.base16().lowerCase().encode(CanonicalJson.sha256(json()));
  }

  JsonObject json() {
    return JsonObject.of(
        JsonObject.Member.of("value", JsonValue.Text.of(value)),
        JsonObject.Member.of("nonce", JsonValue.Text.of(nonce)));
  }

  @Override
  public String toString() {
    return "PrivateVariable[***]";
  }
}
