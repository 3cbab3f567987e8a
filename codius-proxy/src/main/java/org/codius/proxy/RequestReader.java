package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request's head after the other.
 *
 * <p>Confined to the channel's event loop.
 */
final class RequestReader {

  private final Limits limits;
  private final HeadScanner scanner;
  private Host known = Host.NONE;
  private boolean isBegun;
  private boolean isEmptyLineSkipped;

  RequestReader(Limits limits) {
    this.limits = limits;
    this.scanner = new HeadScanner(Syntax.REQUEST, limits.head(), limits.requestLine());
  }

  /** Whether a part of a head has been read, but not all of it. */
  boolean isBegun() {
    return isBegun;
  }

  /** Returns the next head, or null if there is more to come of it. */
  @Nullable RequestHead read(ByteBuf in) throws RefusedException {
    if (!in.isReadable()) {
      return null;
    }
    isBegun = true;
    if (in.getByte(in.readerIndex()) == '\r' && !isEmptyLineSkipped && !skipEmptyLine(in)) {
      return null;
    }
    if (!Syntax.isToken(in.getByte(in.readerIndex()))) {
      throw Syntax.REQUEST.bad("request does not begin with a method");
    }
    int length = scanner.scan(in);
    if (length < 0) {
      return null;
    }
    isBegun = false;
    isEmptyLineSkipped = false;
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    RequestHead head = RequestParser.parse(bytes, limits.fields(), known);
    known = head.host();
    return head;
  }

  /**
   * Skips the one empty line too many that clients of old send after a body (RFC 9112 §2.2).
   *
   * @return whether there is more after it
   */
  private boolean skipEmptyLine(ByteBuf in) throws RefusedException {
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.getByte(in.readerIndex() + 1) != '\n') {
      throw Syntax.REQUEST.bad("request does not begin with a method");
    }
    in.skipBytes(2);
    isEmptyLineSkipped = true;
    return in.isReadable();
  }
}
