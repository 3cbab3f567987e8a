package org.codius.payments.btp;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where a BTP server is, and who we are there.
 *
 * @param host a name or an IP address, the latter without brackets
 */
record BtpAddress(boolean isTls, String host, int port, String path, String user, String token) {

  /**
   * Reads {@code btp+ws://user:token@host:port/path} or {@code btp+wss://…}. User and token are
   * percent-decoded.
   *
   * @throws IllegalArgumentException if it is no such address; the message shows no token
   */
  static BtpAddress parse(URI uri) {
    String scheme = uri.getScheme() == null ? "" : Ascii.toLowerCase(uri.getScheme());
    boolean isTls = scheme.equals("btp+wss");
    if (!isTls && !scheme.equals("btp+ws")) {
      throw new IllegalArgumentException(
          "uplink address: \"" + scheme + ":…\" (expected: btp+ws:// or btp+wss://)");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "uplink address: no host name (expected: btp+ws://:token@host:port)");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : isTls ? 443 : 80;
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String userInfo = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
    List<String> parts = Splitter.on(':').limit(2).splitToList(userInfo);
    return new BtpAddress(
        isTls,
        uri.getHost().replaceAll("^\\[|\\]$", ""),
        port,
        path,
        decode(parts.get(0)),
        parts.size() == 2 ? decode(parts.get(1)) : "");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  String authority() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Leaves user and token out. */
  @Override
  public String toString() {
    return (isTls ? "btp+wss://" : "btp+ws://") + authority() + path;
  }
}
