package org.codius.proxy;

import java.util.Locale;
import java.util.regex.Pattern;
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
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9._-]{1,255}(?::([0-9]{1,5}))?|\\[[0-9A-Fa-f:.]{2,45}](?::([0-9]{1,5}))?");

  /** Parses the value of a {@code Host} field or the authority of a target. */
  static Host parse(String value) throws RefusedException {
    if (!NAME.matcher(value).matches()) {
      throw Syntax.REQUEST.bad("Host is no host name with an optional port");
    }
    return new Host(value, nameOf(value), labelOf(value));
  }

  private static String nameOf(String value) {
    int port = value.lastIndexOf(':');
    boolean hasPort = port > value.lastIndexOf(']');
    String name = (hasPort ? value.substring(0, port) : value).toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private static @Nullable String labelOf(String value) {
    if (value.length() < HASH_LENGTH) {
      return null;
    }
    if (value.length() > HASH_LENGTH) {
      char next = value.charAt(HASH_LENGTH);
      if (next != '.' && next != ':') {
        return null;
      }
    }
    char[] label = new char[HASH_LENGTH];
    for (int i = 0; i < HASH_LENGTH; i++) {
      char c = value.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        c = (char) (c | 0x20);
      }
      if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7')) {
        return null;
      }
      label[i] = c;
    }
    return new String(label);
  }
}
