package org.codius.payments.stream;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.jspecify.annotations.Nullable;

/**
 * A stream's data on its way out, one piece at a time.
 *
 * <p>A piece the other end may have got, or not, is not simply sent again: the JavaScript
 * implementation never delivers anything after a piece that it is given twice. Its limit then tells
 * how far it has read. Offsets are unsigned 64-bit. Confined to the connection's sequence.
 */
final class OutgoingData {

  private static final class Written {
    private final byte[] bytes;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private int sent;

    private Written(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final long streamId;
  private final Deque<Written> written = new ArrayDeque<>();
  private int waiting; // bytes in all of them
  private long start; // the offset of the first byte the other end has not got
  private long limit = IncomingData.WINDOW;
  private long window = IncomingData.WINDOW; // what the other end takes beyond what it has read
  private boolean isLimitHeard;
  private @Nullable PaymentException ended;
  private Frame.@Nullable StreamData underway;
  private boolean isDoubtful; // whether what was underway has arrived

  OutgoingData(long streamId) {
    this.streamId = streamId;
  }

  /** Queues bytes; completes once the other end has them. */
  CompletableFuture<Void> write(byte[] bytes) {
    PaymentException over = ended;
    if (over == null && waiting > 0 && waiting + bytes.length > PaymentData.MAXIMUM_WAITING) {
      over =
          new PaymentException(
              "write: " + waiting + " bytes wait already (the other end takes them first)");
    }
    if (over != null) {
      return CompletableFuture.failedFuture(over);
    }
    if (bytes.length == 0) {
      return CompletableFuture.completedFuture(null);
    }
    Written last = new Written(bytes.clone());
    written.add(last);
    waiting += bytes.length;
    return last.taken;
  }

  /** Returns the next piece to send; null if there is none, or one is underway. */
  Frame.@Nullable StreamData next() {
    Written first = written.peek();
    if (first == null || underway != null || isDoubtful || ended != null) {
      return null;
    }
    long room = limit - start;
    if (Long.compareUnsigned(start, limit) >= 0) {
      return null;
    }
    int left = first.bytes.length - first.sent;
    int length = (int) Math.min(Math.min(left, IncomingData.WINDOW), room < 0 ? left : room);
    underway =
        new Frame.StreamData(
            streamId, start, Arrays.copyOfRange(first.bytes, first.sent, first.sent + length));
    return underway;
  }

  /** Returns whether nothing can be sent before the other end has said how far it has read. */
  boolean isDoubtful() {
    return isDoubtful;
  }

  /** The piece underway has arrived. */
  void arrived() {
    Frame.StreamData piece = underway;
    Written first = written.peek();
    underway = null;
    isDoubtful = false;
    if (piece == null || first == null) {
      return;
    }
    int length = piece.data().length;
    start += length;
    waiting -= length;
    first.sent += length;
    if (first.sent == first.bytes.length) {
      written.remove();
      first.taken.complete(null);
    }
  }

  /** The piece underway has not arrived. */
  void lost() {
    underway = null;
    isDoubtful = false;
  }

  /** The piece underway may have arrived. */
  void doubt() {
    isDoubtful = underway != null;
  }

  /** The other end has said how far it takes data; it never takes back what it said. */
  void limit(long offset) {
    if (!isLimitHeard && start == 0 && underway == null) {
      window = offset;
      limit = offset;
    }
    isLimitHeard = true;
    if (Long.compareUnsigned(offset, limit) > 0) {
      limit = offset;
    }
  }

  /** Decides, by the limit the other end has just told, whether the piece in doubt has arrived. */
  void resolve(long offset) {
    Frame.StreamData piece = underway;
    if (!isDoubtful || piece == null) {
      return;
    }
    if (Long.compareUnsigned(offset - window, piece.offset() + piece.data().length) >= 0
        && Long.compareUnsigned(offset, window) >= 0) {
      arrived();
    } else {
      lost();
    }
  }

  /** Fails what has not arrived, and what is written from now on. */
  void end(PaymentException why) {
    ended = why;
    written.forEach(one -> one.taken.completeExceptionally(why));
    written.clear();
    waiting = 0;
    underway = null;
    isDoubtful = false;
  }
}
