package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.StringUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chunked body (RFC 9112 §7.1), checked to the letter: every line ends in CR LF, sizes are at
 * most 15 hexadecimal digits with nothing around them, extensions are well formed, trailers are
 * fields that mean nothing to the proxy.
 */
final class ChunkedBody extends Body {

  private static final int MAX_SIZE_DIGITS = 15;

  /** Longest line with a chunk's size and its extensions. */
  private static final int MAX_SIZE_LINE = 1024;

  private enum State {
    SIZE,
    DATA,
    DATA_END,
    TRAILERS,
    COMPLETE
  }

  private final Form form;
  private final Syntax syntax;
  private final Limits limits;
  private State state = State.SIZE;
  private long left;
  private int trailerBytes;
  private int trailerCount;
  private final List<HeaderFields> trailers = new ArrayList<>();

  ChunkedBody(Form form, Syntax syntax, Limits limits) {
    this.form = form;
    this.syntax = syntax;
    this.limits = limits;
  }

  @Override
  boolean isComplete() {
    return state == State.COMPLETE;
  }

  @Override
  List<HeaderFields> trailers() {
    return trailers;
  }

  @Override
  @Nullable ByteBuf read(ByteBuf in) throws RefusedException {
    int from = in.readerIndex();
    while (state != State.COMPLETE && in.isReadable()) {
      if (state == State.DATA) {
        int taken = (int) Math.min(left, in.readableBytes());
        left -= taken;
        if (left == 0) {
          state = State.DATA_END;
        }
        if (form == Form.DATA) {
          return in.readRetainedSlice(taken);
        }
        in.skipBytes(taken);
      } else if (!step(in)) {
        break;
      }
    }
    int checked = in.readerIndex() - from;
    return form == Form.WIRE && checked > 0 ? in.retainedSlice(from, checked) : null;
  }

  /** Takes a line, or the end of one; returns whether it was there. */
  private boolean step(ByteBuf in) throws RefusedException {
    return switch (state) {
      case SIZE -> size(in);
      case DATA_END -> dataEnd(in);
      case TRAILERS -> trailer(in);
      case DATA, COMPLETE -> throw new IllegalStateException("no line in " + state);
    };
  }

  private boolean size(ByteBuf in) throws RefusedException {
    int line = lineLength(in, MAX_SIZE_LINE);
    if (line < 0) {
      return false;
    }
    int from = in.readerIndex();
    int at = from;
    int end = from + line - 2;
    long size = 0;
    for (; at < end; at++) {
      int digit = StringUtil.decodeHexNibble((char) (in.getByte(at) & 0xff));
      if (digit < 0) {
        break;
      }
      size = 16 * size + digit;
    }
    if (at == from || at - from > MAX_SIZE_DIGITS) {
      throw syntax.bad("chunk size is not a number of at most 15 hexadecimal digits");
    }
    extensions(in, at, end);
    in.skipBytes(line);
    left = size;
    state = size == 0 ? State.TRAILERS : State.DATA;
    return true;
  }

  /**
   * Checks what follows a size: {@code *( ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ]
   * )}. White space before a semicolon is not forgiven, nor bytes above ASCII.
   */
  private void extensions(ByteBuf in, int from, int end) throws RefusedException {
    int at = from;
    while (at < end) {
      if (in.getByte(at) != ';') {
        throw syntax.bad("chunk size is followed by something else than an extension");
      }
      at = token(in, blanks(in, at + 1, end), end);
      int equals = blanks(in, at, end);
      if (equals < end && in.getByte(equals) == '=') {
        int value = blanks(in, equals + 1, end);
        boolean isQuoted = value < end && in.getByte(value) == '"';
        at = isQuoted ? quoted(in, value + 1, end) : token(in, value, end);
      }
    }
  }

  private static int blanks(ByteBuf in, int from, int end) {
    int at = from;
    while (at < end && Syntax.isBlank(in.getByte(at))) {
      at++;
    }
    return at;
  }

  private int token(ByteBuf in, int from, int end) throws RefusedException {
    int at = from;
    while (at < end && Syntax.isToken(in.getByte(at))) {
      at++;
    }
    if (at == from) {
      throw syntax.bad("chunk extension is none");
    }
    return at;
  }

  /** Returns where a quote ends; one that does not could be taken to go on in the next line. */
  private int quoted(ByteBuf in, int from, int end) throws RefusedException {
    for (int at = from; at < end; at++) {
      byte b = in.getByte(at);
      if (b == '"') {
        return at + 1;
      }
      if (b == '\\') {
        at++;
      }
      if (at == end || in.getByte(at) < 0 || !Syntax.isFieldValue(in.getByte(at))) {
        break;
      }
    }
    throw syntax.bad("chunk extension has a quote that does not end");
  }

  private boolean dataEnd(ByteBuf in) throws RefusedException {
    int from = in.readerIndex();
    if (in.getByte(from) != '\r' || (in.readableBytes() > 1 && in.getByte(from + 1) != '\n')) {
      throw syntax.bad("chunk is longer than its size");
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    in.skipBytes(2);
    state = State.SIZE;
    return true;
  }

  private boolean trailer(ByteBuf in) throws RefusedException {
    int line = lineLength(in, limits.head() - trailerBytes);
    if (line < 0) {
      return false;
    }
    if (line == 2) {
      in.skipBytes(line);
      state = State.COMPLETE;
      return true;
    }
    trailerBytes += line;
    if (++trailerCount > limits.fields()) {
      throw syntax.tooManyFields(limits.fields());
    }
    byte[] bytes = new byte[line];
    in.readBytes(bytes);
    HeaderFields trailer = HeaderFields.parse(bytes, 0, line, 1, syntax);
    if (trailer.known(0) != null) {
      throw syntax.bad("trailer field belongs into the head");
    }
    if (form == Form.DATA) {
      trailers.add(trailer);
    }
    return true;
  }

  /**
   * Returns the length of the line at the reader index with its CR LF, or -1 if it is not whole.
   */
  private int lineLength(ByteBuf in, int limit) throws RefusedException {
    int from = in.readerIndex();
    int seen = Math.min(in.readableBytes(), limit);
    int lf = in.indexOf(from, from + seen, (byte) '\n');
    if (lf < 0) {
      if (in.readableBytes() >= limit) {
        throw state == State.TRAILERS
            ? syntax.headTooLarge(limits.head())
            : syntax.bad("line in a chunked body is too long");
      }
      return -1;
    }
    if (lf == from || in.getByte(lf - 1) != '\r') {
      throw syntax.bad("line in a chunked body ends without CR");
    }
    return lf - from + 1;
  }
}
