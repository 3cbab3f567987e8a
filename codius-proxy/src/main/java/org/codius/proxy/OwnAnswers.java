package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes whole answers of the proxy's own, most of them refusals: in JSON or as a small page. */
final class OwnAnswers {

  private static final String ALLOW = "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n";

  private final AnswerFormat usual;

  /**
   * @param usual what who asks for neither is answered in
   */
  OwnAnswers(AnswerFormat usual) {
    this.usual = usual;
  }

  /**
   * Returns the answer.
   *
   * @param request what is refused, or null if it could not be read
   * @param isKept whether the connection goes on afterwards
   */
  ByteBuf refusal(
      ByteBufAllocator alloc, Refusal refusal, @Nullable RequestHead request, boolean isKept) {
    AnswerFormat format = request == null ? usual : request.asksFor().orElse(usual);
    byte[] body = (format == AnswerFormat.PAGE ? page(refusal) : json(refusal)).getBytes(UTF_8);
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ")
            .append(refusal.status().code())
            .append(' ')
            .append(refusal.status().reasonPhrase())
            .append("\r\nContent-Type: ")
            .append(format.contentType())
            .append("\r\nContent-Length: ")
            .append(body.length)
            .append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    if (refusal.status().code() == 405) {
      head.append(ALLOW);
    }
    finish(head, request, isKept);
    byte[] headBytes = head.toString().getBytes(ISO_8859_1);
    ByteBuf out = alloc.buffer(headBytes.length + body.length);
    out.writeBytes(headBytes);
    if (request == null || !request.isHead()) {
      out.writeBytes(body);
    }
    return out;
  }

  /** Returns the answer to {@code OPTIONS} that is asked of the proxy itself. */
  static ByteBuf options(ByteBufAllocator alloc, RequestHead request, boolean isKept) {
    StringBuilder head = new StringBuilder("HTTP/1.1 204 No Content\r\n").append(ALLOW);
    finish(head, request, isKept);
    return ByteBufUtil.writeAscii(alloc, head);
  }

  private static void finish(StringBuilder head, @Nullable RequestHead request, boolean isKept) {
    if (!isKept) {
      head.append("Connection: close\r\n");
    } else if (request != null && request.protocol() == Protocol.HTTP_1_0) {
      head.append("Connection: keep-alive\r\n");
    }
    head.append("Date: ").append(DateField.now().value()).append("\r\n\r\n");
  }

  /** In the shape of the original's errors, with our code and help after it. */
  private static String json(Refusal refusal) {
    return "{\"statusCode\":"
        + refusal.status().code()
        + ",\"error\":"
        + quoted(refusal.status().reasonPhrase())
        + ",\"message\":"
        + quoted(refusal.message())
        + ",\"code\":"
        + quoted(refusal.code())
        + ",\"help\":"
        + quoted(refusal.help())
        + "}";
  }

  private static String page(Refusal refusal) {
    String title = refusal.status().code() + " " + refusal.status().reasonPhrase();
    return "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>"
        + escaped(title)
        + "</title>\n<style>body{font:16px/1.5 sans-serif;max-width:40em;margin:4em auto;"
        + "padding:0 1em;overflow-wrap:anywhere}</style>\n<h1>"
        + escaped(title)
        + "</h1>\n<p>"
        + escaped(refusal.message())
        + "</p>\n<p>"
        + escaped(refusal.help())
        + "</p>\n<p><small>"
        + escaped(refusal.code())
        + "</small></p>\n</html>\n";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
