package org.codius.daemon.peers;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where a host is, as it calls itself: {@code https://name[:port]} and nothing after it.
 *
 * <p>At most {@value #MAXIMUM_LENGTH} characters. Hosts compare these letter by letter, so two
 * spellings of one place are two peers, of which only the host's own is ever confirmed.
 */
public record PeerUri(URI value) {

  private static final int MAXIMUM_LENGTH = 255;

  public PeerUri {
    requireNonNull(value, "value");
    boolean isWeb = "https".equals(value.getScheme()) || "http".equals(value.getScheme());
    boolean isOrigin =
        value.getHost() != null
            && value.getRawPath().isEmpty()
            && value.getRawUserInfo() == null
            && value.getRawQuery() == null
            && value.getRawFragment() == null;
    if (!isWeb || !isOrigin || value.getPort() > 65535 || value.getPort() == 0) {
      throw new IllegalArgumentException("peer: " + value + " (expected: https://name[:port])");
    }
    if (value.toString().length() > MAXIMUM_LENGTH) {
      throw new IllegalArgumentException(
          "peer: %d characters (expected: at most %d)"
              .formatted(value.toString().length(), MAXIMUM_LENGTH));
    }
  }

  /** Returns the peer {@code text} names, with or without a slash at its end, or empty if none. */
  public static Optional<PeerUri> parse(String text) {
    if (text.length() > MAXIMUM_LENGTH + 1) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PeerUri(new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text)));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean isTls() {
    return value.getScheme().equals("https");
  }

  /** Returns its name or address; an IPv6 address without its brackets. */
  String host() {
    String host = value.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    if (value.getPort() >= 0) {
      return value.getPort();
    }
    return isTls() ? 443 : 80;
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
