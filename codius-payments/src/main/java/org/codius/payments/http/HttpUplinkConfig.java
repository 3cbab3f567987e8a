package org.codius.payments.http;

import static java.util.Objects.requireNonNull;

import com.google.common.base.Ascii;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * How to exchange packets with a parent over HTTP.
 *
 * @param endpoint where to POST Prepares: {@code https://host/ilp}, or {@code http://…}
 * @param outgoingToken the bearer token we show there
 * @param listen where the parent POSTs its Prepares to us, in clear: put a TLS server before an
 *     address that others can reach. Port 0 takes a free one
 * @param path the path of that
 * @param incomingToken the bearer token the parent shows us
 * @param connectTimeout patience with one TCP connection, and with IL-DCP
 * @param responseTimeout patience with the answer to a Prepare that expires later than that
 * @param retryMinimum the wait before the first attempt to reach a parent that was lost; doubled
 *     after each
 * @param retryMaximum the longest wait between two attempts
 * @param maximumPending how many Prepares may be under way at once, each way
 * @param maximumConnections how many connections may be open to us at once
 * @param maximumFailures after so many wrong tokens within a minute an address is no longer let in
 *     for the rest of it; loopback addresses always are
 */
public record HttpUplinkConfig(
    URI endpoint,
    String outgoingToken,
    InetSocketAddress listen,
    String path,
    String incomingToken,
    Duration connectTimeout,
    Duration responseTimeout,
    Duration retryMinimum,
    Duration retryMaximum,
    int maximumPending,
    int maximumConnections,
    int maximumFailures) {

  public HttpUplinkConfig {
    requireNonNull(listen, "listen");
    requireNonNull(connectTimeout, "connectTimeout");
    requireNonNull(responseTimeout, "responseTimeout");
    requireNonNull(retryMinimum, "retryMinimum");
    requireNonNull(retryMaximum, "retryMaximum");
    String scheme = endpoint.getScheme() == null ? "" : Ascii.toLowerCase(endpoint.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https")) || endpoint.getHost() == null) {
      throw new IllegalArgumentException(
          "uplink address: \"" + scheme + ":…\" (expected: http://host/ilp or https://host/ilp)");
    }
    if (endpoint.getRawUserInfo() != null) {
      throw new IllegalArgumentException("uplink address: with a user (expected: a bearer token)");
    }
    requireToken("outgoing", outgoingToken);
    requireToken("incoming", incomingToken);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException(
          "path: \"" + path + "\" (expected: one that begins with /)");
    }
  }

  private static void requireToken(String which, String token) {
    // What RFC 6750 calls b64token; anything else would not survive a header.
    if (!token.matches("[A-Za-z0-9._~+/-]{1,4096}=*")) {
      throw new IllegalArgumentException(
          which + " token: " + token.length() + " characters (expected: A-Z a-z 0-9 . _ ~ + / -)");
    }
  }

  /** Returns the configuration with every other value at its default. */
  public static HttpUplinkConfig of(
      URI endpoint, String outgoingToken, InetSocketAddress listen, String incomingToken) {
    return new HttpUplinkConfig(
        endpoint,
        outgoingToken,
        listen,
        "/ilp",
        incomingToken,
        Duration.ofSeconds(10),
        Duration.ofSeconds(35),
        Duration.ofMillis(100),
        Duration.ofSeconds(30),
        1_000,
        1_000,
        20);
  }

  /** Leaves the tokens out. */
  @Override
  public String toString() {
    return "HttpUplinkConfig[" + endpoint + ", " + listen + path + "]";
  }
}
