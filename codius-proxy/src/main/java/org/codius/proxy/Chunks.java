package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Puts a body of unknown length into chunks (RFC 9112 §7.1). */
final class Chunks {

  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST = constant("0\r\n\r\n");
  private static final ByteBuf LAST_SIZE = constant("0\r\n");

  private Chunks() {}

  /** Hands on, in pieces, a chunk with these bytes, of which there must be some. */
  static void wrap(ByteBufAllocator alloc, ByteBuf data, Consumer<ByteBuf> out) {
    String size = Integer.toHexString(data.readableBytes());
    out.accept(ByteBufUtil.writeAscii(alloc, size + "\r\n"));
    out.accept(data);
    out.accept(CRLF.duplicate());
  }

  /** Returns what follows the last chunk with data. */
  static ByteBuf last() {
    return LAST.duplicate();
  }

  /**
   * Returns the same with trailers.
   *
   * @param lines of trailer fields, each with its CR LF
   */
  static ByteBuf last(byte[] lines) {
    return lines.length == 0
        ? last()
        : Unpooled.wrappedBuffer(
            LAST_SIZE.duplicate(), Unpooled.wrappedBuffer(lines), CRLF.duplicate());
  }

  private static ByteBuf constant(String ascii) {
    return Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes(ascii.getBytes(StandardCharsets.US_ASCII)))
        .asReadOnly();
  }
}
