package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;

/** The fields of an answer as an HTTP/2 client gets them. */
final class AnswerHeaders {

  private static final HeaderFields.Kept ALL = (fields, i) -> true;
  private static final int STATUS_FROM = "HTTP/1.1 ".length();

  private AnswerHeaders() {}

  /** Takes an answer's head, which must be whole, off these bytes. */
  static Http2Headers read(ByteBuf in) {
    try {
      int length = new HeadScanner(Syntax.ANSWER, Integer.MAX_VALUE, Integer.MAX_VALUE).scan(in);
      if (length < 0) {
        throw new IllegalStateException("head of an answer in pieces");
      }
      byte[] bytes = new byte[length];
      in.readBytes(bytes);
      int lineEnd = STATUS_FROM;
      while (bytes[lineEnd] != '\n') {
        lineEnd++;
      }
      HeaderFields fields =
          HeaderFields.parse(bytes, lineEnd + 1, length - 2, Integer.MAX_VALUE, Syntax.ANSWER);
      ConnectionOptions options = ConnectionOptions.from(fields, Syntax.ANSWER);
      Http2Headers headers = new DefaultHttp2Headers(false, fields.count() + 1);
      headers.status(new AsciiString(bytes, STATUS_FROM, 3, true));
      add(headers, fields, (all, i) -> !options.isHopByHop(all, i));
      return headers;
    } catch (RefusedException e) {
      throw new IllegalStateException("answer of our own is malformed", e);
    }
  }

  static Http2Headers of(Trailers trailers) {
    Http2Headers headers = new DefaultHttp2Headers(false, trailers.fields().size());
    trailers.fields().forEach(fields -> add(headers, fields, ALL));
    return headers;
  }

  private static void add(Http2Headers headers, HeaderFields fields, HeaderFields.Kept kept) {
    for (int i = 0; i < fields.count(); i++) {
      if (kept.test(fields, i)) {
        headers.add(
            AsciiString.of(fields.name(i).toLowerCase(Locale.ROOT)),
            AsciiString.of(fields.value(i)));
      }
    }
  }

  static boolean isInterim(Http2Headers head) {
    return head.status().charAt(0) == '1';
  }
}
