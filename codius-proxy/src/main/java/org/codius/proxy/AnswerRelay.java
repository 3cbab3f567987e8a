package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer to the client: as few writes as can be, in a framing the client understands.
 *
 * <p>Confined to the event loop.
 */
final class AnswerRelay {

  /** An answer's first bytes up to this many are sent together with its head. */
  private static final int JOINED = 4096;

  private final ChannelHandlerContext client;
  private final RequestHead request;

  /** The head and what came with it, until it is clear how much that is. */
  private @Nullable ByteBuf unsent;

  private boolean isBegun;
  private boolean isWrapping;

  AnswerRelay(ChannelHandlerContext client, RequestHead request) {
    this.client = client;
    this.request = request;
  }

  /** Whether the client has had something of the answer, so that it gets no other. */
  boolean isBegun() {
    return isBegun && unsent == null;
  }

  /** Passes an interim answer on, as 100 or 103; HTTP/1.0 has none. */
  void interim(AnswerHead head) {
    if (request.protocol().hasInterimAnswers()) {
      client.write(ForwardedHead.answer(client.alloc(), head, request, false, true, 0));
    }
  }

  void switched(AnswerHead head) {
    isBegun = true;
    client.write(ForwardedHead.answer(client.alloc(), head, request, false, true, 0));
  }

  /**
   * Begins the answer.
   *
   * @param received how many bytes of body came with the head
   * @param isKept whether the client's connection goes on afterwards
   */
  void head(AnswerHead head, int received, boolean isKept) {
    isBegun = true;
    isWrapping = head.length() == Body.UNTIL_CLOSE && request.protocol().hasChunks();
    boolean isChunked = head.length() < 0 && request.protocol().hasChunks();
    int room = Math.min(received, JOINED);
    unsent = ForwardedHead.answer(client.alloc(), head, request, isChunked, isKept, room);
  }

  void body(ByteBuf piece) {
    if (isWrapping) {
      Chunks.wrap(client.alloc(), piece, this::send);
    } else {
      send(piece);
    }
  }

  private void send(ByteBuf piece) {
    ByteBuf before = unsent;
    if (before != null && piece.readableBytes() <= before.writableBytes()) {
      before.writeBytes(piece);
      piece.release();
      return;
    }
    sendUnsent();
    write(piece);
  }

  void trailers(Trailers trailers) {
    sendUnsent();
    client.write(trailers);
  }

  private void sendUnsent() {
    if (unsent != null) {
      write(unsent);
      unsent = null;
    }
  }

  /** Writes without a promise: who could not be written to is closed, which is noticed anyway. */
  private void write(ByteBuf bytes) {
    Channel channel = client.channel();
    client.write(Fitted.toWrite(channel, bytes), channel.unsafe().voidPromise());
  }

  void flush() {
    sendUnsent();
    client.flush();
  }

  /** Ends the answer; to be flushed. */
  void end() {
    if (isWrapping) {
      send(Chunks.last());
    }
    sendUnsent();
  }

  /** Forgets what was not sent. */
  void discard() {
    if (unsent != null) {
      unsent.release();
      unsent = null;
    }
  }
}
