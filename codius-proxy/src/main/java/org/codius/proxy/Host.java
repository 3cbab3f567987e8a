package org.codius.proxy;

import io.netty.util.NetUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host a request is for.
 *
 * @param value as the client sent it, with its port; empty if an HTTP/1.0 client named none
 * @param name the same as a route table knows it: lowercase, without port and trailing dot
 * @param label the manifest hash that is its first label, lowercase, or null if that is none
 */
record Host(String value, String name, @Nullable String label) {

  static final Host NONE = new Host("", "", null);

  private static final int HASH_LENGTH = 52;
  private static final int MAX_NAME = 255;
  private static final int MAX_PORT = 65_535;
  private static final int MAX_PORT_DIGITS = 5;

  /** Parses the value of a {@code Host} field or the authority of a target. */
  static Host parse(String value) throws RefusedException {
    boolean isLiteral = value.startsWith("[");
    int end = isLiteral ? value.indexOf(']') + 1 : nameEnd(value);
    if (!(isLiteral ? isIpv6(value, end) : end > 0) || !isPort(value, end)) {
      throw Syntax.REQUEST.bad("Host is no host name with an optional port");
    }
    boolean isDotted = value.charAt(end - 1) == '.';
    String name = value.substring(0, isDotted ? end - 1 : end).toLowerCase(Locale.ROOT);
    return new Host(value, name, labelOf(name));
  }

  /** Returns where the name at the beginning ends, or 0 if it is none: a label may not be empty. */
  private static int nameEnd(String value) {
    int label = 0;
    int at = 0;
    for (; at < value.length() && value.charAt(at) != ':'; at++) {
      char c = value.charAt(at);
      if (c == '.' && at > label) {
        label = at + 1;
      } else if (!isLetterOrDigit(c) && c != '-' && c != '_') {
        return 0;
      }
    }
    return at <= MAX_NAME ? at : 0;
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isIpv6(String value, int end) {
    return end > 0
        && value.indexOf('%') < 0 // a zone means something on its own machine only
        && NetUtil.isValidIpV6Address(value.substring(1, end - 1));
  }

  private static boolean isPort(String value, int colon) {
    if (colon == value.length()) {
      return true;
    }
    int digits = value.length() - colon - 1;
    if (value.charAt(colon) != ':' || digits < 1 || digits > MAX_PORT_DIGITS) {
      return false;
    }
    int port = 0;
    for (int at = colon + 1; at < value.length(); at++) {
      int digit = value.charAt(at) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      port = 10 * port + digit;
    }
    return port <= MAX_PORT;
  }

  private static @Nullable String labelOf(String name) {
    int length = name.length();
    if (length < HASH_LENGTH || (length > HASH_LENGTH && name.charAt(HASH_LENGTH) != '.')) {
      return null;
    }
    for (int i = 0; i < HASH_LENGTH; i++) {
      char c = name.charAt(i);
      if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7')) {
        return null;
      }
    }
    return name.substring(0, HASH_LENGTH);
  }
}
