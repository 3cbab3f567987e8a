package org.codius.proxy;

import java.util.Locale;

/** Keeps pods from setting each other's cookies. */
final class Cookies {

  private Cookies() {}

  /**
   * Whether a pod may set the cookie: one for itself or for names below its own, but none that
   * would go to its neighbours too (RFC 6265 §5.2.3).
   *
   * @param setCookie the value of a {@code Set-Cookie} field
   * @param name of the host that the request was sent to, as in {@link Host#name}
   */
  static boolean isOwn(String setCookie, String name) {
    int semicolon = setCookie.indexOf(';');
    while (semicolon >= 0) {
      int end = setCookie.indexOf(';', semicolon + 1);
      String attribute = setCookie.substring(semicolon + 1, end < 0 ? setCookie.length() : end);
      int equals = attribute.indexOf('=');
      if (equals >= 0 && attribute.substring(0, equals).strip().equalsIgnoreCase("domain")) {
        if (!isWithin(attribute.substring(equals + 1).strip(), name)) {
          return false;
        }
      }
      semicolon = end;
    }
    return true;
  }

  private static boolean isWithin(String value, String name) {
    String domain = (value.startsWith(".") ? value.substring(1) : value).toLowerCase(Locale.ROOT);
    return domain.isEmpty() || domain.equals(name) || domain.endsWith("." + name);
  }
}
