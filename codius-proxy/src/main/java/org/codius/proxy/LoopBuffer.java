package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * A buffer that an event loop uses again and again for something small, which is nearly always done
 * with before it is needed next: that spares the allocator, a fifth of what a small request costs.
 *
 * <p>Whoever keeps the buffer longer keeps it to itself; the loop then gets another. Confined to
 * the event loop.
 */
final class LoopBuffer {

  private final int capacity;
  private @Nullable ByteBuf buffer;

  private LoopBuffer(int capacity) {
    this.capacity = capacity;
  }

  /** Returns one such buffer for each event loop, which lets go of it when it ends. */
  static FastThreadLocal<LoopBuffer> ofEachLoop(int capacity) {
    return new FastThreadLocal<>() {
      @Override
      protected LoopBuffer initialValue() {
        return new LoopBuffer(capacity);
      }

      @Override
      protected void onRemoval(LoopBuffer ended) {
        ended.release();
      }
    };
  }

  int capacity() {
    return capacity;
  }

  /** Returns it empty, to be released by the caller. */
  ByteBuf take(ByteBufAllocator alloc) {
    ByteBuf mine = buffer;
    if (mine == null || mine.refCnt() > 1) {
      release();
      mine = alloc.directBuffer(capacity);
      buffer = mine;
    }
    return mine.clear().retain();
  }

  private void release() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }
}
