package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's head, found good. Made by {@link RequestParser}.
 *
 * <p>Immutable once made; holds its own copy of the bytes.
 */
final class RequestHead {

  private final byte[] bytes;
  private final String method;
  private final int targetFrom;
  private final int targetTo;
  private final Protocol protocol;
  private final HeaderFields fields;
  private final Host host;
  private final long length;
  private final ConnectionOptions connection;
  private final long forwards;
  private final @Nullable String upgrade;

  RequestHead(
      byte[] bytes,
      String method,
      int targetFrom,
      int targetTo,
      Protocol protocol,
      HeaderFields fields,
      Host host,
      long length,
      ConnectionOptions connection,
      long forwards,
      @Nullable String upgrade) {
    this.bytes = bytes;
    this.method = method;
    this.targetFrom = targetFrom;
    this.targetTo = targetTo;
    this.protocol = protocol;
    this.fields = fields;
    this.host = host;
    this.length = length;
    this.connection = connection;
    this.forwards = forwards;
    this.upgrade = upgrade;
  }

  String method() {
    return method;
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Whether doing it twice is as good as doing it once, and it carries nothing but its head. */
  boolean isRepeatable() {
    return !hasBody()
        && upgrade == null
        && switch (method) { // the idempotent ones (RFC 9110 §9.2.2) that get this far
          case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
          default -> false;
        };
  }

  Protocol protocol() {
    return protocol;
  }

  HeaderFields fields() {
    return fields;
  }

  Host host() {
    return host;
  }

  /** The body's length: 0 for none, {@link Body#CHUNKED}, or its {@code Content-Length}. */
  long length() {
    return length;
  }

  boolean hasBody() {
    return length != 0;
  }

  ConnectionOptions connection() {
    return connection;
  }

  /** Whether the client wants to go on with the connection after the answer. */
  boolean keepsAlive() {
    return !connection.hasClose() && (protocol != Protocol.HTTP_1_0 || connection.hasKeepAlive());
  }

  /** How many times it may still be passed on, or -1 if it does not matter. */
  long forwards() {
    return forwards;
  }

  /** The protocol the client asks to go on in, or null. */
  @Nullable String upgrade() {
    return upgrade;
  }

  /** Returns what the client asks to be told in what went wrong; JSON if also in HTML. */
  Optional<AnswerFormat> asksFor() {
    int accept = fields.indexOf(FieldName.ACCEPT);
    String types = accept < 0 ? "" : fields.value(accept).toLowerCase(Locale.ROOT);
    if (types.contains("json")) {
      return Optional.of(AnswerFormat.JSON);
    }
    return types.contains("text/html") ? Optional.of(AnswerFormat.PAGE) : Optional.empty();
  }

  /** The target in origin-form: absolute path and query, or {@code *}. */
  String target() {
    String target =
        new String(bytes, targetFrom, targetTo - targetFrom, StandardCharsets.ISO_8859_1);
    return isSlashMissing() ? "/" + target : target;
  }

  /** The target without its query. */
  String path() {
    String target = target();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /**
   * Appends the request line with the target in origin-form, and the lines of all fields that
   * {@code kept} says.
   */
  void writeTo(ByteBuf out, HeaderFields.Kept kept) {
    boolean isLineAsItIs = targetFrom == method.length() + 1 && protocol != Protocol.HTTP_1_0;
    if (!isLineAsItIs) {
      out.writeBytes(bytes, 0, method.length() + 1);
      if (isSlashMissing()) {
        out.writeByte('/');
      }
      out.writeBytes(bytes, targetFrom, targetTo - targetFrom);
      out.writeCharSequence(" HTTP/1.1\r\n", StandardCharsets.US_ASCII);
    }
    fields.writeTo(out, isLineAsItIs ? 0 : -1, kept);
  }

  /** An absolute-form target may have no path ({@code http://host?query}). */
  private boolean isSlashMissing() {
    return targetFrom == targetTo || bytes[targetFrom] == '?';
  }

  /** Bytes that the head takes on the wire, about. */
  int size() {
    return bytes.length;
  }
}
