package org.codius.proxy;

import io.netty.buffer.ByteBuf;

/**
 * Finds the empty line that ends a head, however the bytes come in pieces.
 *
 * <p>Confined to the channel's event loop.
 */
final class HeadScanner {

  private final Syntax syntax;
  private final int limit;
  private final int firstLineLimit;

  /** Bytes already looked at, from the reader index. */
  private int scanned;

  /** Where the line being looked at begins, from the reader index. */
  private int lineStart;

  HeadScanner(Syntax syntax, int limit, int firstLineLimit) {
    this.syntax = syntax;
    this.limit = limit;
    this.firstLineLimit = firstLineLimit;
  }

  /**
   * Returns the length of the head at the reader index with its empty line, or -1 if more bytes are
   * needed. After a length the scanner is ready for the next head.
   */
  int scan(ByteBuf in) throws RefusedException {
    int base = in.readerIndex();
    int readable = in.readableBytes();
    while (scanned < readable) {
      int lf = in.indexOf(base + scanned, base + readable, (byte) '\n');
      if (lf < 0) {
        scanned = readable;
        break;
      }
      int at = lf - base;
      if (at == 0 || in.getByte(lf - 1) != '\r') {
        throw syntax.bad("line ends without CR");
      }
      checkLimits(at + 1);
      boolean empty = at - lineStart == 1;
      if (empty) {
        scanned = 0;
        lineStart = 0;
        return at + 1;
      }
      lineStart = at + 1;
      scanned = at + 1;
    }
    checkLimits(scanned);
    return -1;
  }

  private void checkLimits(int length) throws RefusedException {
    if (lineStart == 0 && length > firstLineLimit) {
      throw syntax == Syntax.REQUEST
          ? new RefusedException(Refusal.targetTooLong(firstLineLimit))
          : syntax.headTooLarge(firstLineLimit);
    }
    if (length > limit) {
      throw syntax.headTooLarge(limit);
    }
  }
}
