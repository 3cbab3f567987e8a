package org.codius.daemon.lease;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.codius.payments.PayToken;

/**
 * What its buyer shows to manage a purchase: to read the pod's log, get the receipt, give the rest
 * of the time back.
 *
 * <p>43 characters of base64url: HMAC-SHA256 of the Pay-Token under a key of the host's. So the
 * same request gets the same token again, and who knows only one of the two cannot tell the other.
 * The host keeps its {@link #hash}.
 */
public record ManagementToken(String value) {

  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9_-]{43}");

  public ManagementToken {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "management token: "
              + value.length()
              + " characters (expected: 43 characters of base64url)");
    }
  }

  /** Returns the token of the purchase that {@code payToken} buys. */
  public static ManagementToken of(byte[] hostKey, PayToken payToken) {
    byte[] mac = Hashing.hmacSha256(hostKey).hashBytes(payToken.bytes()).asBytes();
    return new ManagementToken(Base64.getUrlEncoder().withoutPadding().encodeToString(mac));
  }

  /** Returns the token that {@code text} spells, or empty if it is none. */
  public static Optional<ManagementToken> parse(String text) {
    return SHAPE.matcher(text).matches()
        ? Optional.of(new ManagementToken(text))
        : Optional.empty();
  }

  /** Returns the SHA-256 of its text, in hex. */
  public String hash() {
    return Hashing.sha256().hashString(value, StandardCharsets.US_ASCII).toString();
  }

  /** Shows the beginning only: who has the whole of it can end the pod. */
  @Override
  public String toString() {
    return "ManagementToken[" + value.substring(0, 6) + "…]";
  }
}
