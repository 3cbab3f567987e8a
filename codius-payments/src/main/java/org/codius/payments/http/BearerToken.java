package org.codius.payments.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ascii;
import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.util.List;

/**
 * The token we expect in {@code Authorization: Bearer <token>}.
 *
 * <p>The original's plugin can be configured to leave the word {@code Bearer} out, so that is taken
 * as well. What is compared are SHA-256 hashes, in a time that does not depend on where they
 * differ.
 */
final class BearerToken {

  private static final String SCHEME = "bearer ";

  private final HashCode hash;

  BearerToken(String token) {
    this.hash = hash(token);
  }

  /** Returns whether there is one header, and the token in it. */
  boolean isIn(List<String> headers) {
    if (headers.size() != 1) {
      return false;
    }
    String header = headers.get(0).strip();
    String token =
        Ascii.toLowerCase(header).startsWith(SCHEME)
            ? header.substring(SCHEME.length()).strip()
            : header;
    return hash(token).equals(hash); // constant in time
  }

  private static HashCode hash(String token) {
    return Hashing.sha256().hashString(token, UTF_8);
  }
}
