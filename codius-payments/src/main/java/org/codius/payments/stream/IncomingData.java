package org.codius.payments.stream;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A stream's data on its way in: put in order, whatever order it came in and however often.
 *
 * <p>It holds one window, and says so; what lies beyond is refused. Offsets are unsigned 64-bit.
 * Confined to the connection's sequence.
 */
final class IncomingData {

  /** As in the JavaScript implementation. */
  static final int WINDOW = 16_384;

  private static final byte[] NOTHING = {};

  private byte[] ring = NOTHING; // of offset n at n % WINDOW; made when the first byte arrives
  private final BitSet filled = new BitSet();
  private long start; // the offset of the first byte nobody has read
  private long told; // the limit the other end was last told
  private boolean isEnded;
  private @Nullable CompletableFuture<byte[]> reader;

  /** Takes what is new in a frame, and returns whether it kept to the limit. */
  boolean accept(Frame.StreamData frame) {
    byte[] bytes = frame.data();
    long end = frame.offset() + bytes.length;
    if (Long.compareUnsigned(end, frame.offset()) < 0 || Long.compareUnsigned(end, limit()) > 0) {
      return false;
    }
    if (ring.length == 0) {
      ring = new byte[WINDOW];
    }
    long offset = Long.compareUnsigned(frame.offset(), start) < 0 ? start : frame.offset();
    for (; Long.compareUnsigned(offset, end) < 0; offset++) {
      int index = (int) (offset & WINDOW - 1);
      ring[index] = bytes[(int) (offset - frame.offset())];
      filled.set(index);
    }
    feed();
    return true;
  }

  /** Completes with what is next, at once or when it arrives. */
  CompletableFuture<byte[]> read() {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    if (reader != null) {
      result.completeExceptionally(new IllegalStateException("read: an earlier read waits"));
      return result;
    }
    reader = result;
    feed();
    return result;
  }

  /** Nothing more will come. */
  void end() {
    isEnded = true;
    feed();
  }

  /** Returns the offset up to which data is taken, and notes that the other end is told. */
  long tellLimit() {
    told = limit();
    return told;
  }

  /** Returns whether the limit has grown by so much that the other end should be told. */
  boolean isLimitStale() {
    return !isEnded && limit() - told >= WINDOW / 2;
  }

  private long limit() {
    return start + WINDOW;
  }

  private void feed() {
    CompletableFuture<byte[]> waiting = reader;
    if (waiting == null) {
      return;
    }
    byte[] next = take();
    if (next.length > 0 || isEnded) {
      reader = null;
      waiting.complete(next);
    }
  }

  private byte[] take() {
    int first = (int) (start & WINDOW - 1);
    int length = runFrom(first);
    byte[] taken = new byte[length];
    int untilEdge = Math.min(length, WINDOW - first);
    System.arraycopy(ring, first, taken, 0, length == 0 ? 0 : untilEdge);
    if (length > untilEdge) {
      System.arraycopy(ring, 0, taken, untilEdge, length - untilEdge);
    }
    filled.clear(first, first + untilEdge);
    filled.clear(0, length - untilEdge);
    start += length;
    return taken;
  }

  /** Returns how many bytes there are without a gap, from an index on and over the edge. */
  private int runFrom(int first) {
    int untilEdge = filled.nextClearBit(first) - first;
    return first + untilEdge < WINDOW ? untilEdge : untilEdge + filled.nextClearBit(0) % WINDOW;
  }
}
