package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows a message's body to its end, which is all the proxy wants to know of it.
 *
 * <p>Confined to the channel's event loop.
 */
abstract class Body {

  /** As a length: the body comes in chunks. */
  static final long CHUNKED = -1;

  /** As a length: the body ends with the connection. Only an answer's can. */
  static final long UNTIL_CLOSE = -2;

  /** What {@link #read} returns of a chunked body. */
  enum Form {
    /** The bytes as they came, chunk sizes, trailers and all, every one of them checked. */
    WIRE,
    /** The data alone; {@link #trailers} are apart. */
    DATA
  }

  /** A body that was found to be {@code length} long by the head before it. */
  static Body of(long length, Form form, Syntax syntax, Limits limits) {
    if (length == CHUNKED) {
      return new ChunkedBody(form, syntax, limits);
    }
    return length == UNTIL_CLOSE ? new EndlessBody() : new CountedBody(length);
  }

  /**
   * Takes from {@code in} what belongs to the body.
   *
   * @return a buffer the caller releases, or null if nothing more can be had of these bytes: then
   *     either the body is complete or what is left of {@code in} must be offered again with more
   *     after it
   */
  abstract @Nullable ByteBuf read(ByteBuf in) throws RefusedException;

  abstract boolean isComplete();

  /** The trailer fields of a complete body that was read as {@link Form#DATA}, one in each. */
  List<HeaderFields> trailers() {
    return List.of();
  }

  private static final class CountedBody extends Body {

    private long left;

    CountedBody(long length) {
      this.left = length;
    }

    @Override
    @Nullable ByteBuf read(ByteBuf in) {
      int taken = (int) Math.min(left, in.readableBytes());
      if (taken == 0) {
        return null;
      }
      left -= taken;
      return in.readRetainedSlice(taken);
    }

    @Override
    boolean isComplete() {
      return left == 0;
    }
  }

  private static final class EndlessBody extends Body {

    @Override
    @Nullable ByteBuf read(ByteBuf in) {
      return in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
    }

    @Override
    boolean isComplete() {
      return false;
    }
  }
}
