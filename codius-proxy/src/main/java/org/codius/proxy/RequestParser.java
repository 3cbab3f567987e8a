package org.codius.proxy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request's head, refusing all that two readers could take for different requests.
 *
 * <p>What RFC 9112 lets a recipient forgive is not forgiven: whoever is behind the proxy might
 * forgive it in another way.
 */
final class RequestParser {

  private static final int LEAST_VERSION = "HTTP/1.1".length();

  private final byte[] bytes;
  private final int limit;
  private final Host known;
  private int at;

  private RequestParser(byte[] bytes, int limit, Host known) {
    this.bytes = bytes;
    this.limit = limit;
    this.known = known;
  }

  /**
   * Parses a head.
   *
   * @param bytes the head with the empty line that ends it; kept by the result
   * @param limit how many fields it may have
   * @param known the host of the request before, which most often is this one's too
   */
  static RequestHead parse(byte[] bytes, int limit, Host known) throws RefusedException {
    return new RequestParser(bytes, limit, known).head(false);
  }

  /** Parses the head of an HTTP/2 request that was written down as {@link #parse} has it. */
  static RequestHead parseTranslated(byte[] bytes, int limit, Host known) throws RefusedException {
    return new RequestParser(bytes, limit, known).head(true);
  }

  private RequestHead head(boolean isTranslated) throws RefusedException {
    String method = method();
    int targetFrom = at;
    while (Syntax.isTarget(bytes[at])) {
      at++;
    }
    int targetTo = at;
    if (targetTo == targetFrom || bytes[at] != ' ') {
      throw bad("request target is missing or holds a character that it must not");
    }
    at++;
    boolean http11 = version();
    refuseMethods(method);

    HeaderFields fields = HeaderFields.parse(bytes, at, bytes.length - 2, limit, Syntax.REQUEST);
    Host host = host(fields, http11);
    int pathFrom = path(method, targetFrom, targetTo, host);
    long length = length(fields, http11);
    expectation(fields);
    ConnectionOptions connection = ConnectionOptions.from(fields, Syntax.REQUEST);
    return new RequestHead(
        bytes,
        method,
        pathFrom,
        targetTo,
        isTranslated ? Protocol.HTTP_2 : http11 ? Protocol.HTTP_1_1 : Protocol.HTTP_1_0,
        fields,
        host,
        length,
        connection,
        forwards(method, fields),
        upgrade(fields, connection, http11, length));
  }

  private String method() throws RefusedException {
    while (Syntax.isToken(bytes[at])) {
      at++;
    }
    if (at == 0 || bytes[at] != ' ') {
      throw bad("request line does not begin with a method and one space");
    }
    String method =
        at == 3 && bytes[0] == 'G' && bytes[1] == 'E' && bytes[2] == 'T'
            ? "GET"
            : new String(bytes, 0, at, StandardCharsets.US_ASCII);
    at++;
    return method;
  }

  /** Returns whether it is 1.1, and goes to the line after. */
  private boolean version() throws RefusedException {
    int from = at;
    if (bytes.length - from < LEAST_VERSION + 2
        || bytes[from] != 'H'
        || bytes[from + 1] != 'T'
        || bytes[from + 2] != 'T'
        || bytes[from + 3] != 'P'
        || bytes[from + 4] != '/'
        || !Syntax.isDigit(bytes[from + 5])
        || bytes[from + 6] != '.'
        || !Syntax.isDigit(bytes[from + 7])
        || bytes[from + 8] != '\r'
        || bytes[from + 9] != '\n') {
      throw bad("request line does not end with one space, HTTP/1.1 and CR LF");
    }
    if (bytes[from + 5] != '1' || bytes[from + 7] > '1') {
      throw new RefusedException(Refusal.version());
    }
    at = from + LEAST_VERSION + 2;
    return bytes[from + 7] == '1';
  }

  private static void refuseMethods(String method) throws RefusedException {
    if (method.equalsIgnoreCase("CONNECT") || method.equalsIgnoreCase("TRACE")) {
      throw new RefusedException(Refusal.method(method));
    }
  }

  private Host host(HeaderFields fields, boolean http11) throws RefusedException {
    int field = single(fields, FieldName.HOST);
    if (field < 0) {
      if (http11) {
        throw bad("Host is missing");
      }
      return Host.NONE;
    }
    boolean isKnown = !known.value().isEmpty() && fields.valueEquals(field, known.value());
    return isKnown ? known : Host.parse(fields.value(field));
  }

  /** Returns where the path begins. */
  private int path(String method, int from, int to, Host host) throws RefusedException {
    if (bytes[from] == '/') {
      return from;
    }
    if (bytes[from] == '*' && to - from == 1) {
      if (!method.equals("OPTIONS")) {
        throw bad("request target is * but the method is not OPTIONS");
      }
      return from;
    }
    String target = new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    String lowercase = target.toLowerCase(Locale.ROOT);
    int authority = lowercase.startsWith("http://") ? 7 : lowercase.startsWith("https://") ? 8 : -1;
    if (authority < 0) {
      throw bad("request target is neither a path nor a URL");
    }
    int end = authority;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    if (end == authority) {
      throw bad("request target is a URL without a host");
    }
    if (!target.substring(authority, end).equalsIgnoreCase(host.value())) {
      throw bad("request target names another host than Host does");
    }
    if (end == target.length() && method.equals("OPTIONS")) {
      throw bad("request target has no path");
    }
    return from + end;
  }

  private long length(HeaderFields fields, boolean http11) throws RefusedException {
    int coding = single(fields, FieldName.TRANSFER_ENCODING);
    int length = single(fields, FieldName.CONTENT_LENGTH);
    if (coding >= 0) {
      if (length >= 0) {
        throw bad("Content-Length and Transfer-Encoding exclude each other");
      }
      if (!http11) {
        throw bad("HTTP/1.0 has no Transfer-Encoding");
      }
      if (!fields.value(coding).equalsIgnoreCase("chunked")) {
        throw bad("Transfer-Encoding is not chunked");
      }
      return Body.CHUNKED;
    }
    return length < 0 ? 0 : fields.number(length);
  }

  private void expectation(HeaderFields fields) throws RefusedException {
    int field = single(fields, FieldName.EXPECT);
    if (field >= 0 && !fields.value(field).equalsIgnoreCase("100-continue")) {
      throw new RefusedException(Refusal.expectation());
    }
  }

  /** Returns how many times more it may be passed on, which only {@code OPTIONS} asks. */
  private static long forwards(String method, HeaderFields fields) throws RefusedException {
    if (!method.equals("OPTIONS")) {
      return -1;
    }
    int field = single(fields, FieldName.MAX_FORWARDS);
    return field < 0 ? -1 : fields.number(field);
  }

  /**
   * Returns what to upgrade to, if it is to be passed on. A body would make it unclear where the
   * new protocol begins; h2c would get requests past the proxy's eyes.
   */
  private static @Nullable String upgrade(
      HeaderFields fields, ConnectionOptions connection, boolean http11, long length)
      throws RefusedException {
    if (!connection.hasUpgrade() || !http11 || length != 0) {
      return null;
    }
    int field = single(fields, FieldName.UPGRADE);
    if (field < 0 || fields.value(field).isEmpty()) {
      return null;
    }
    String protocol = fields.value(field);
    return protocol.toLowerCase(Locale.ROOT).contains("h2c") ? null : protocol;
  }

  /** Returns the index of the only field of that name, or -1. */
  private static int single(HeaderFields fields, FieldName name) throws RefusedException {
    int found = -1;
    for (int i = 0; i < fields.count(); i++) {
      if (fields.known(i) == name) {
        if (found >= 0) {
          throw bad("more than one " + fields.name(i));
        }
        found = i;
      }
    }
    return found;
  }

  private static RefusedException bad(String message) {
    return Syntax.REQUEST.bad(message);
  }
}
