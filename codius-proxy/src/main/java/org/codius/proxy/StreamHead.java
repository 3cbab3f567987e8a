package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/2 request, written down as HTTP/1.1 has it, for {@link RequestParser} to
 * judge.
 *
 * <p>What RFC 9113 §8.2 and §8.3 call malformed is found here, before it could become something
 * else on the way down: a line break in a value, a field for one hop only, a pseudo-header field
 * that is unknown, repeated, late or missing, two hosts.
 */
final class StreamHead {

  private final ByteArrayOutputStream fields = new ByteArrayOutputStream();
  private final StringBuilder cookies = new StringBuilder();
  private final int limit;
  private @Nullable String method;
  private @Nullable String scheme;
  private @Nullable String path;
  private @Nullable String authority;
  private @Nullable String host;
  private boolean hasLength;
  private int count;

  private StreamHead(int limit) {
    this.limit = limit;
  }

  /**
   * Returns the head as HTTP/1.1 has it, with the empty line.
   *
   * @param isEnd whether no body follows
   * @param limits fields, and the request line, as for HTTP/1.1
   * @throws MalformedException if the stream is to be reset
   * @throws RefusedException if it is well formed but more than is allowed
   */
  static byte[] write(Http2Headers headers, boolean isEnd, Limits limits)
      throws MalformedException, RefusedException {
    StreamHead head = new StreamHead(limits.fields());
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      head.add(field.getKey().toString(), field.getValue().toString());
    }
    return head.text(isEnd, limits.requestLine());
  }

  /** Returns trailers as they follow a chunked body, without the empty line. */
  static byte[] writeTrailers(Http2Headers headers, Limits limits)
      throws MalformedException, RefusedException {
    StreamHead trailers = new StreamHead(limits.fields());
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      String name = field.getKey().toString();
      if (name.startsWith(":")) {
        throw new MalformedException("pseudo-header field in trailers");
      }
      trailers.add(name, field.getValue().toString());
    }
    if (trailers.host != null || trailers.hasLength || trailers.cookies.length() > 0) {
      throw new MalformedException("trailer field belongs into the head");
    }
    byte[] lines = trailers.fields.toByteArray();
    HeaderFields parsed =
        HeaderFields.parse(lines, 0, lines.length, limits.fields(), Syntax.REQUEST);
    for (int i = 0; i < parsed.count(); i++) {
      if (parsed.known(i) != null) {
        throw new MalformedException("trailer field belongs into the head");
      }
    }
    return lines;
  }

  private void add(String name, String value) throws MalformedException, RefusedException {
    if (name.startsWith(":")) {
      pseudo(name, value);
      return;
    }
    boolean isCrumb = name.equals("cookie") && cookies.length() > 0; // of one field (§8.2.3)
    if (!isCrumb && ++count > limit) {
      throw new RefusedException(Refusal.tooManyFields(limit));
    }
    checkName(name);
    checkValue(value);
    switch (name) {
      case "connection",
          "proxy-connection",
          "keep-alive",
          "transfer-encoding",
          "upgrade",
          "http2-settings" ->
          throw new MalformedException("field for one hop only: " + name);
      case "te" -> {
        if (!value.equals("trailers")) {
          throw new MalformedException("te is not trailers");
        }
      }
      case "host" -> host = once("host", host, value);
      case "cookie" -> cookies.append(cookies.length() == 0 ? "" : "; ").append(value);
      default -> {
        hasLength |= name.equals("content-length");
        line(name, value);
      }
    }
  }

  private void pseudo(String name, String value) throws MalformedException {
    if (count > 0) {
      throw new MalformedException("pseudo-header field after another field");
    }
    switch (name) {
      case ":method" -> method = once(name, method, value);
      case ":scheme" -> scheme = once(name, scheme, value);
      case ":path" -> path = once(name, path, value);
      case ":authority" -> authority = once(name, authority, value);
      default -> throw new MalformedException("unknown pseudo-header field " + name);
    }
  }

  private static String once(String name, @Nullable String before, String value)
      throws MalformedException {
    if (before != null) {
      throw new MalformedException("more than one " + name);
    }
    return value;
  }

  private static void checkName(String name) throws MalformedException {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c > 0x7f || !Syntax.isToken((byte) c) || (c >= 'A' && c <= 'Z')) {
        throw new MalformedException("field name holds a character that it must not");
      }
    }
    if (name.isEmpty()) {
      throw new MalformedException("field has no name");
    }
  }

  private static void checkValue(String value) throws MalformedException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c > 0xff || !Syntax.isFieldValue((byte) c)) {
        throw new MalformedException("field value holds a control character");
      }
    }
    if (!value.isEmpty()
        && (isBlank(value.charAt(0)) || isBlank(value.charAt(value.length() - 1)))) {
      throw new MalformedException("field value begins or ends with white space");
    }
  }

  private static boolean isBlank(char c) {
    return Syntax.isBlank((byte) c);
  }

  private void line(String name, String value) {
    fields.writeBytes((name + ": " + value + "\r\n").getBytes(ISO_8859_1));
  }

  private byte[] text(boolean isEnd, int lineLimit) throws MalformedException, RefusedException {
    String target = path;
    String verb = method;
    if (verb == null) {
      throw new MalformedException(":method is missing");
    }
    if (verb.equals("CONNECT")) {
      throw new RefusedException(Refusal.method(verb));
    }
    if (target == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new MalformedException(":path or :scheme is missing or none of ours");
    }
    checkToken(verb);
    checkTarget(target);
    String to = authority == null ? host : authority;
    if (to == null || (host != null && !host.equalsIgnoreCase(to))) {
      throw new MalformedException(":authority is missing, or host is another");
    }
    checkValue(to);
    String line = verb + " " + target + " HTTP/1.1\r\n";
    if (line.length() > lineLimit) {
      throw new RefusedException(Refusal.targetTooLong(lineLimit));
    }
    if (cookies.length() > 0) {
      line("cookie", cookies.toString());
    }
    if (!isEnd && !hasLength) {
      line("transfer-encoding", "chunked");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(line.length() + fields.size() + 64);
    out.writeBytes((line + "host: " + to + "\r\n").getBytes(ISO_8859_1));
    out.writeBytes(fields.toByteArray());
    out.write('\r');
    out.write('\n');
    return out.toByteArray();
  }

  private static void checkToken(String verb) throws MalformedException {
    if (verb.isEmpty() || !verb.chars().allMatch(c -> c < 0x80 && Syntax.isToken((byte) c))) {
      throw new MalformedException(":method holds a character that it must not");
    }
  }

  private static void checkTarget(String target) throws MalformedException {
    if (!(target.startsWith("/") || target.equals("*"))
        || !target.chars().allMatch(c -> c < 0x80 && Syntax.isTarget((byte) c))) {
      throw new MalformedException(":path is no path");
    }
  }

  /** The stream is to be reset (RFC 9113 §8.1.1). Has no stack trace. */
  static final class MalformedException extends Exception {
    MalformedException(String message) {
      super(message, null, false, false);
    }
  }
}
