package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Has connections that bring little at a time read it into the {@link LoopBuffer} of their loop;
 * those that bring more get buffers of their own, as large as what they bring.
 *
 * <p>Safe for use by several threads.
 */
final class LoopReads implements RecvByteBufAllocator {

  static final LoopReads INSTANCE = new LoopReads();

  private static final int SMALL = 4096;
  private static final FastThreadLocal<LoopBuffer> BUFFER = LoopBuffer.ofEachLoop(SMALL);

  private final RecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator();

  private LoopReads() {}

  @Override
  public ExtendedHandle newHandle() {
    return new ReadHandle((ExtendedHandle) sizes.newHandle());
  }

  private static final class ReadHandle extends DelegatingHandle implements ExtendedHandle {

    private final ExtendedHandle sizes;

    ReadHandle(ExtendedHandle sizes) {
      super(sizes);
      this.sizes = sizes;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      return sizes.guess() <= SMALL ? BUFFER.get().take(alloc) : sizes.allocate(alloc);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return sizes.continueReading(maybeMore);
    }
  }
}
