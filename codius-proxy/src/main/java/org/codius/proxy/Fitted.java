package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;

/**
 * Has bytes that must wait take no more memory than they need. They come in buffers of a few
 * kilobytes, of which a few bytes would keep all.
 */
final class Fitted {

  private static final int SMALL = 4096;

  private Fitted() {}

  /** Returns what to write: {@code piece}, or a copy if others already wait to be sent. */
  static ByteBuf toWrite(Channel to, ByteBuf piece) {
    boolean isFirst = to.bytesBeforeUnwritable() > to.config().getWriteBufferHighWaterMark();
    return isFirst || piece.readableBytes() >= SMALL ? piece : copy(to.alloc(), piece);
  }

  /** Returns what to keep until more comes: {@code begun}, or a copy. */
  static ByteBuf toKeep(ByteBufAllocator alloc, ByteBuf begun) {
    return begun.capacity() - begun.readableBytes() < SMALL ? begun : copy(alloc, begun);
  }

  private static ByteBuf copy(ByteBufAllocator alloc, ByteBuf from) {
    try {
      return alloc.buffer(from.readableBytes()).writeBytes(from);
    } finally {
      from.release();
    }
  }
}
