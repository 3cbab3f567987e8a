package org.codius.hyper.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A response as it was on the wire, taken apart. */
final class HttpAnswer {

  static final HttpAnswer NONE = new HttpAnswer(0, Map.of(), new byte[0], true);

  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;
  private final boolean isWhole;

  private HttpAnswer(int status, Map<String, String> headers, byte[] body, boolean isWhole) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.isWhole = isWhole;
  }

  static HttpAnswer parseHead(String head) {
    String[] lines = head.split("\r?\n", -1);
    Map<String, String> headers = new TreeMap<>();
    for (String line : Arrays.copyOfRange(lines, 1, lines.length)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new HttpAnswer(Integer.parseInt(lines[0].split(" ", 3)[1]), headers, new byte[0], true);
  }

  /** Parses what came until the connection was closed or nobody wanted more. */
  static HttpAnswer parse(byte[] wire, boolean isClosed) {
    String text = new String(wire, StandardCharsets.ISO_8859_1);
    int start = text.startsWith(CONTINUE) ? CONTINUE.length() : 0;
    int headEnd = text.indexOf("\r\n\r\n", start);
    if (headEnd < 0) {
      return NONE;
    }
    HttpAnswer head = parseHead(text.substring(start, headEnd));
    byte[] rest = Arrays.copyOfRange(wire, headEnd + 4, wire.length);
    if (!head.header("transfer-encoding").equals("chunked")) {
      return new HttpAnswer(head.status, head.headers, rest, isClosed);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int lineEnd = new String(rest, StandardCharsets.ISO_8859_1).indexOf("\r\n", at);
      int size =
          lineEnd < 0
              ? -1
              : Integer.parseInt(
                  new String(rest, at, lineEnd - at, StandardCharsets.ISO_8859_1), 16);
      if (size <= 0) {
        return new HttpAnswer(head.status, head.headers, body.toByteArray(), isClosed && size == 0);
      }
      body.write(rest, lineEnd + 2, Math.min(size, rest.length - lineEnd - 2));
      at = lineEnd + 2 + size + 2;
    }
  }

  HttpAnswer withBody(byte[] newBody) {
    return new HttpAnswer(status, headers, newBody, isWhole);
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }

  /** Whether its last chunk has come. */
  boolean isWhole() {
    return isWhole;
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
