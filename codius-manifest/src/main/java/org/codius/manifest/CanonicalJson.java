package org.codius.manifest;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The one spelling of a JSON document that Codius hashes: npm canonical-json 0.0.4's, in UTF-8.
 *
 * <p>Neither {@code JSON.stringify} with sorted names nor RFC 8785: {@link CanonicalWriter} lists
 * the differences. Two documents with the same members in another order, spacing or escaping have
 * the same canonical form.
 */
public final class CanonicalJson {

  private CanonicalJson() {}

  /**
   * Returns the canonical form of any JSON document.
   *
   * @throws InvalidManifestException if {@code json} is not JSON
   */
  public static byte[] of(byte[] json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
    CanonicalWriter.write(JsonReader.read(json, Integer.MAX_VALUE), out::write);
    return out.toByteArray();
  }

  /** Returns the SHA-256 of the canonical form, which never exists as a whole. */
  static byte[] sha256(JsonValue value) {
    MessageDigest digest = newSha256();
    CanonicalWriter.write(value, digest::update);
    return digest.digest();
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
