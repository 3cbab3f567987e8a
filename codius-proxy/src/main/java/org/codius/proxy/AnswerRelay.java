package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer to the client: as few writes as can be, in a framing the client understands.
 *
 * <p>Confined to the event loop.
 */
final class AnswerRelay {

  /** An answer's first bytes up to this many are sent together with its head. */
  private static final int JOINED = 4096;

  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

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
    if (request.isHttp11()) {
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
    isWrapping = head.length() == Body.UNTIL_CLOSE && request.isHttp11();
    boolean isChunked = head.length() < 0 && request.isHttp11();
    int room = Math.min(received, JOINED);
    unsent = ForwardedHead.answer(client.alloc(), head, request, isChunked, isKept, room);
  }

  void body(ByteBuf piece) {
    if (isWrapping) {
      String size = Integer.toHexString(piece.readableBytes());
      send(ByteBufUtil.writeAscii(client.alloc(), size + "\r\n"));
      send(piece);
      send(CRLF.duplicate());
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
    client.write(piece);
  }

  private void sendUnsent() {
    if (unsent != null) {
      client.write(unsent);
      unsent = null;
    }
  }

  void flush() {
    sendUnsent();
    client.flush();
  }

  /** Ends the answer; to be flushed. */
  void end() {
    if (isWrapping) {
      send(LAST_CHUNK.duplicate());
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

  private static ByteBuf constant(String ascii) {
    return Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes(ascii.getBytes(StandardCharsets.US_ASCII)))
        .asReadOnly();
  }
}
