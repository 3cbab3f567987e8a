package org.codius.payments.spsp;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A name for somebody who can be paid: {@code $example.com/alice} (RFC 26).
 *
 * @param host a DNS name, perhaps with a port
 * @param path begins with a slash, or is empty
 */
public record PaymentPointer(String host, String path) {

  private static final int MAXIMUM = 2_000;
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?");

  /** In one class, and not in groups, which would take stack for each character. */
  private static final Pattern PATH = Pattern.compile("|/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*");

  private static final Pattern BROKEN_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  public PaymentPointer {
    if (!isValid(host, path)) {
      throw new IllegalArgumentException(
          "payment pointer: \"$" + host + path + "\" (expected: like $example.com/alice)");
    }
  }

  /** Returns the pointer a text spells, or empty if it spells none. It has no query or fragment. */
  public static Optional<PaymentPointer> parse(String text) {
    if (!text.startsWith("$")) {
      return Optional.empty();
    }
    int slash = text.indexOf('/');
    String host = slash < 0 ? text.substring(1) : text.substring(1, slash);
    String path = slash < 0 ? "" : text.substring(slash);
    return isValid(host, path) ? Optional.of(new PaymentPointer(host, path)) : Optional.empty();
  }

  /** Returns its SPSP endpoint; without a path that is {@code /.well-known/pay}. */
  public URI endpoint() {
    boolean isBare = path.isEmpty() || path.equals("/");
    return URI.create("https://" + host + (isBare ? "/.well-known/pay" : path));
  }

  @Override
  public String toString() {
    return "$" + host + path;
  }

  private static boolean isValid(String host, String path) {
    return host.length() + path.length() < MAXIMUM
        && HOST.matcher(host).matches()
        && !host.contains("..")
        && PATH.matcher(path).matches()
        && !BROKEN_ESCAPE.matcher(path).find();
  }
}
