package org.codius.manifest;

import com.google.common.base.Ascii;
import com.google.common.io.BaseEncoding;
import java.util.Optional;

/**
 * The SHA-256 of a manifest's canonical JSON, in lowercase Base32 without padding.
 *
 * <p>52 characters. This is the pod's public name: it is the first DNS label of its URL.
 */
public record ManifestHash(String value) {

  private static final int LENGTH = 52;
  private static final BaseEncoding BASE32 = BaseEncoding.base32().lowerCase().omitPadding();

  public ManifestHash {
    if (!isHash(value)) {
      throw new IllegalArgumentException(
          "manifest hash: \"" + value + "\" (expected: 52 lowercase base32 characters)");
    }
  }

  /** Returns the hash of a JSON document, canonicalised but not checked to be a manifest. */
  public static ManifestHash of(byte[] json) {
    return of(JsonReader.read(json, Integer.MAX_VALUE));
  }

  static ManifestHash of(JsonValue value) {
    return new ManifestHash(BASE32.encode(CanonicalJson.sha256(value)));
  }

  /**
   * Returns the hash {@code label} spells in either case, as DNS has it, or empty if it is none.
   */
  public static Optional<ManifestHash> parse(String label) {
    String value = Ascii.toLowerCase(label);
    return isHash(value) ? Optional.of(new ManifestHash(value)) : Optional.empty();
  }

  private static boolean isHash(String text) {
    boolean isHash = text.length() == LENGTH;
    for (int i = 0; isHash && i < LENGTH; i++) {
      char c = text.charAt(i);
      isHash = (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
    }
    return isHash;
  }

  @Override
  public String toString() {
    return value;
  }
}
