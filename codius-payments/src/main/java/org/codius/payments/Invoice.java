package org.codius.payments;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Splitter;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.interledger.core.InterledgerAddress;

/**
 * Where to pay: a STREAM destination and its shared secret (RFC 29 §4.1), as a 402 answer carries
 * them in its {@code Pay} header.
 *
 * @param secret the 32 bytes of the shared secret in padded base64
 */
public record Invoice(InterledgerAddress destination, String secret) {

  private static final String METHOD = "interledger-stream";

  public Invoice {
    requireNonNull(destination, "destination");
    int length = Base64.getDecoder().decode(secret).length;
    if (length != 32) {
      throw new IllegalArgumentException("shared secret: " + length + " bytes (expected: 32)");
    }
  }

  public static Invoice of(InterledgerAddress destination, byte[] secret) {
    return new Invoice(destination, Base64.getEncoder().encodeToString(secret));
  }

  /** Returns what a {@code Pay} header names, or empty if it names no STREAM destination. */
  public static Optional<Invoice> parse(String header) {
    List<String> words = Splitter.on(' ').splitToList(header.strip());
    if (words.size() != 3 || !words.get(0).equals(METHOD)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Invoice(InterledgerAddress.of(words.get(1)), words.get(2)));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // no address, or no secret
    }
  }

  /** Returns {@code interledger-stream <address> <secret>}. */
  public String toHeader() {
    return METHOD + " " + destination.getValue() + " " + secret;
  }

  public byte[] secretBytes() {
    return Base64.getDecoder().decode(secret);
  }

  /** Leaves the secret out: who has it can read and fulfil the payment's packets. */
  @Override
  public String toString() {
    return "Invoice[" + destination.getValue() + "]";
  }
}
