package org.codius.payments;

import com.google.common.io.BaseEncoding;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The 16 random bytes a client names its purchase with, in the {@code Pay-Token} header.
 *
 * <p>Held as 32 lowercase hex digits.
 */
public record PayToken(String hex) {

  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{32}");

  /** More than 16 bytes take, in base64 with its padding. */
  private static final int MAXIMUM_HEADER = 64;

  public PayToken {
    if (!SHAPE.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          "pay token: " + hex.length() + " characters (expected: 32 lowercase hex digits)");
    }
  }

  public static PayToken of(byte[] bytes) {
    return new PayToken(BaseEncoding.base16().lowerCase().encode(bytes));
  }

  public static PayToken random(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return of(bytes);
  }

  /**
   * Returns the token of a header's value, or empty if that is not base64 of 16 bytes. Both
   * alphabets are taken, with or without padding, as the original takes them.
   */
  public static Optional<PayToken> parse(String header) {
    if (header.length() > MAXIMUM_HEADER) {
      return Optional.empty(); // before time is spent on it
    }
    String unpadded = header.strip().replaceAll("=+$", "").replace('+', '-').replace('/', '_');
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(unpadded);
      return bytes.length == 16 ? Optional.of(of(bytes)) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not base64 at all: the caller answers as for a wrong length
    }
  }

  public byte[] bytes() {
    return BaseEncoding.base16().lowerCase().decode(hex);
  }

  /** Returns the token as it goes into the header: base64url without padding. */
  public String toHeader() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
  }

  /** Shows the beginning only: who has the whole of it can claim the purchase. */
  @Override
  public String toString() {
    return "PayToken[" + hex.substring(0, 6) + "…]";
  }
}
