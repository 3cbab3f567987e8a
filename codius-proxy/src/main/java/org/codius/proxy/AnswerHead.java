package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/**
 * The head of a pod's answer, found good.
 *
 * <p>Immutable; holds its own copy of the bytes.
 */
final class AnswerHead {

  private static final int LEAST_LINE = "HTTP/1.1 200".length();
  private static final int SWITCHING = 101;

  private final byte[] bytes;
  private final int status;

  /** Where in the bytes the reason phrase is, which may be empty. */
  private final int reasonFrom;

  private final int reasonTo;
  private final HeaderFields fields;
  private final ConnectionOptions connection;
  private final long length;
  private final boolean isReusable;

  private AnswerHead(
      byte[] bytes,
      int status,
      int reasonFrom,
      int reasonTo,
      HeaderFields fields,
      ConnectionOptions connection,
      long length,
      boolean isReusable) {
    this.bytes = bytes;
    this.status = status;
    this.reasonFrom = reasonFrom;
    this.reasonTo = reasonTo;
    this.fields = fields;
    this.connection = connection;
    this.length = length;
    this.isReusable = isReusable;
  }

  /**
   * Parses a head.
   *
   * @param bytes the head with the empty line that ends it; kept by the result
   * @param request what it answers
   * @param limit how many fields it may have
   */
  static AnswerHead parse(byte[] bytes, RequestHead request, int limit) throws RefusedException {
    int end = 0;
    while (bytes[end] != '\r' && bytes[end] != '\n') {
      end++;
    }
    if (end < LEAST_LINE || bytes[end] != '\r' || bytes[end + 1] != '\n' || !isVersion(bytes)) {
      throw bad("status line is none of HTTP/1.1");
    }
    int status = 0;
    for (int i = 9; i < LEAST_LINE; i++) {
      if (!Syntax.isDigit(bytes[i])) {
        throw bad("status code is no number");
      }
      status = 10 * status + (bytes[i] - '0');
    }
    if (status < 100 || (end > LEAST_LINE && bytes[LEAST_LINE] != ' ')) {
      throw bad("status code is not of three digits");
    }
    int reasonFrom = Math.min(LEAST_LINE + 1, end);
    for (int i = reasonFrom; i < end; i++) {
      if (!Syntax.isFieldValue(bytes[i])) {
        throw bad("reason phrase holds a control character");
      }
    }
    HeaderFields fields =
        HeaderFields.parse(bytes, end + 2, bytes.length - 2, limit, Syntax.ANSWER);
    ConnectionOptions connection = ConnectionOptions.from(fields, Syntax.ANSWER);
    boolean http11 = bytes[7] == '1';
    long said = length(fields, http11);
    boolean hasBody = !request.isHead() && status >= 200 && status != 204 && status != 304;
    long length = hasBody ? said : 0;
    // a 204 that speaks of a body may send one, later, to be taken for the next answer
    boolean isDubious = status == 204 && said != 0 && said != Body.UNTIL_CLOSE;
    boolean isReusable =
        http11 && !connection.hasClose() && length != Body.UNTIL_CLOSE && !isDubious;
    return new AnswerHead(bytes, status, reasonFrom, end, fields, connection, length, isReusable);
  }

  private static boolean isVersion(byte[] bytes) {
    return bytes[0] == 'H'
        && bytes[1] == 'T'
        && bytes[2] == 'T'
        && bytes[3] == 'P'
        && bytes[4] == '/'
        && bytes[5] == '1'
        && bytes[6] == '.'
        && (bytes[7] == '0' || bytes[7] == '1')
        && bytes[8] == ' ';
  }

  private static long length(HeaderFields fields, boolean http11) throws RefusedException {
    int coding = -1;
    int length = -1;
    for (int i = 0; i < fields.count(); i++) {
      FieldName name = fields.known(i);
      if (name == FieldName.TRANSFER_ENCODING) {
        if (coding >= 0) {
          throw bad("more than one Transfer-Encoding");
        }
        coding = i;
      } else if (name == FieldName.CONTENT_LENGTH) {
        if (length >= 0) {
          throw bad("more than one Content-Length");
        }
        length = i;
      }
    }
    if (coding >= 0) {
      if (length >= 0 || !http11 || !fields.value(coding).equalsIgnoreCase("chunked")) {
        throw bad("Transfer-Encoding is not just chunked, or beside a Content-Length");
      }
      return Body.CHUNKED;
    }
    return length < 0 ? Body.UNTIL_CLOSE : fields.number(length);
  }

  private static RefusedException bad(String message) {
    return Syntax.ANSWER.bad(message);
  }

  int status() {
    return status;
  }

  /**
   * The body's length: 0, {@link Body#CHUNKED}, {@link Body#UNTIL_CLOSE} or the {@code
   * Content-Length}. 0 also where there can be no body, whatever the fields say.
   */
  long length() {
    return length;
  }

  /** Whether the pod keeps the connection open. */
  boolean isReusable() {
    return isReusable;
  }

  /** Bytes that the head takes on the wire, about. */
  int size() {
    return bytes.length;
  }

  /** Whether the pod said when it answered. */
  boolean hasDate() {
    return fields.indexOf(FieldName.DATE) >= 0;
  }

  /** Whether the real answer is still to come. */
  boolean isInterim() {
    return status < 200 && status != SWITCHING;
  }

  boolean isSwitch() {
    return status == SWITCHING;
  }

  /** Whether the status never goes with a length (RFC 9110 §8.6). */
  private boolean hasNoLength() {
    return status < 200 || status == 204;
  }

  /**
   * Appends the status line and all fields that are not for this hop only, nor for other hosts.
   *
   * @param host what the request was sent to
   */
  void writeTo(ByteBuf out, Host host) {
    boolean isLineAsItIs = bytes[7] == '1' && reasonFrom > LEAST_LINE;
    if (!isLineAsItIs) {
      out.writeCharSequence("HTTP/1.1 ", US_ASCII);
      out.writeBytes(bytes, 9, 3).writeByte(' ');
      out.writeBytes(bytes, reasonFrom, reasonTo - reasonFrom);
      out.writeByte('\r').writeByte('\n');
    }
    fields.writeTo(out, isLineAsItIs ? 0 : -1, (all, i) -> isForClient(i, host));
  }

  private boolean isForClient(int i, Host host) {
    FieldName known = fields.known(i);
    if (known == FieldName.CONTENT_LENGTH && hasNoLength()) {
      return false;
    }
    if (known == FieldName.SET_COOKIE && !Cookies.isOwn(fields.value(i), host.name())) {
      return false;
    }
    return !connection.isHopByHop(fields, i);
  }

  /** The protocol of a 101, or empty. */
  String upgrade() {
    int field = fields.indexOf(FieldName.UPGRADE);
    return field < 0 ? "" : fields.value(field);
  }
}
