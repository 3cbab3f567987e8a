package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.DuplexChannel;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request to a pod and its answer, and after an upgrade the bytes both ways.
 *
 * <p>Neither side is read faster than the other takes it. Confined to the event loop, which both
 * sides share.
 */
final class PodExchange {

  /** An answer's first bytes up to this many are sent together with its head. */
  private static final int JOINED = 4096;

  private static final ByteBuf CRLF = constant("\r\n");
  private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

  private final PodForwarder forwarder;
  private final ChannelHandlerContext client;
  private final RoutedRequest routed;
  private final RequestHead request;
  private final PodPool pool;
  private @Nullable PodConnection connection;

  /** The request, as long as it may have to be sent again. */
  private @Nullable ByteBuf repeat;

  /** The answer's head and what came with it, until it is clear how much that is. */
  private @Nullable ByteBuf unsent;

  private boolean isRequestComplete;
  private boolean isAnswerBegun;
  private boolean isKept;
  private boolean isWrapping;
  private boolean isClientShut;
  private boolean isPodShut;

  PodExchange(
      PodForwarder forwarder, ChannelHandlerContext client, RoutedRequest routed, PodPool pool) {
    this.forwarder = forwarder;
    this.client = client;
    this.routed = routed;
    this.request = routed.head();
    this.pool = pool;
  }

  RequestHead request() {
    return request;
  }

  boolean isRequestComplete() {
    return isRequestComplete;
  }

  // from the client

  /** Sends the head on. Only a request that could be repeated goes on a connection kept. */
  void start() {
    isRequestComplete = !request.hasBody();
    ByteBuf bytes = ForwardedHead.request(client.alloc(), request, client.channel());
    PodConnection kept = request.isRepeatable() ? pool.take(routed.label(), routed.pod()) : null;
    if (kept == null) {
      connect(bytes);
    } else {
      repeat = bytes.retainedDuplicate();
      connection = kept;
      kept.begin(this);
      kept.write(bytes);
    }
  }

  private void connect(ByteBuf bytes) {
    PodConnection opened = pool.connect(routed.label(), routed.pod(), this);
    connection = opened;
    opened.write(bytes);
  }

  /** Sends a piece of the request's body on, or of what the client sends after an upgrade. */
  void requestBody(ByteBuf piece) {
    PodConnection to = connection;
    if (to == null) {
      piece.release();
      return;
    }
    to.write(piece);
    if (!to.isWritable()) {
      readClient(false);
    }
  }

  void requestComplete() {
    isRequestComplete = true;
  }

  void flushRequest() {
    if (connection != null) {
      connection.flush();
    }
  }

  void clientWritable() {
    if (connection != null) {
      connection.read(client.channel().isWritable());
    }
  }

  /** The client sends no more. Only after an upgrade does that mean something to the pod. */
  void clientShut() {
    if (connection != null && isTunnel()) {
      isClientShut = true;
      if (isPodShut) {
        tunnelEnded();
      } else {
        connection.shutdownOutput();
      }
    }
  }

  /** Gives the exchange up without a word to the client. */
  void abort() {
    PodConnection given = connection;
    end();
    if (given != null) {
      given.abandon();
    }
  }

  // from the pod

  void connectFailed(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      refuse(Refusal.podTimeout(routed.label()));
    } else if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
      refuse(Refusal.podRefused(routed.label()));
    } else {
      refuse(Refusal.podBroken(routed.label(), "no connection to it"));
    }
  }

  void podWritable() {
    if (!isRequestComplete) {
      readClient(true);
    }
  }

  /** Passes an interim answer on, as 100 or 103; HTTP/1.0 has none. */
  void interim(AnswerHead head) {
    dropRepeat();
    if (request.isHttp11()) {
      client.write(ForwardedHead.answer(client.alloc(), head, request, false, true, 0));
    }
  }

  void answer(AnswerHead head, int received) {
    dropRepeat();
    isAnswerBegun = true;
    boolean isFramed = head.length() >= 0;
    isWrapping = head.length() == Body.UNTIL_CLOSE && request.isHttp11();
    isKept = request.keepsAlive() && isRequestComplete && (isFramed || request.isHttp11());
    unsent =
        ForwardedHead.answer(
            client.alloc(),
            head,
            request,
            !isFramed && request.isHttp11(),
            isKept,
            Math.min(received, JOINED));
  }

  void answerBody(ByteBuf piece) {
    if (isWrapping) {
      String size = Integer.toHexString(piece.readableBytes());
      send(ByteBufUtil.writeAscii(client.alloc(), size + "\r\n"));
      send(piece);
      send(CRLF.duplicate());
    } else {
      send(piece);
    }
    if (connection != null && !client.channel().isWritable()) {
      connection.read(false);
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

  void flushAnswer() {
    sendUnsent();
    client.flush();
  }

  void complete() {
    if (isWrapping) {
      send(LAST_CHUNK.duplicate());
    }
    sendUnsent();
    end();
    client.write(isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    client.flush();
  }

  void switched(AnswerHead head) {
    dropRepeat();
    isAnswerBegun = true;
    isRequestComplete = false; // the client's side is read on
    client.write(ForwardedHead.answer(client.alloc(), head, request, false, true, 0));
    client.write(ResponseEnd.UPGRADED);
    client.flush();
  }

  private boolean isTunnel() {
    return isAnswerBegun && request.upgrade() != null && !isRequestComplete;
  }

  /** The pod sends no more after an upgrade. */
  void podShut() {
    isPodShut = true;
    if (isClientShut || !(client.channel() instanceof DuplexChannel duplex)) {
      tunnelEnded();
    } else {
      client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> duplex.shutdownOutput());
    }
  }

  void tunnelEnded() {
    abort();
    client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * The pod did not keep to HTTP.
   *
   * @param isUnanswered whether nothing came back: on a connection that had been kept, its end was
   *     most likely on the way before the request was, which is sent once more
   */
  void broken(String reason, boolean isUnanswered) {
    PodConnection failed = connection;
    ByteBuf again = repeat;
    if (isUnanswered && again != null && failed != null && failed.isReused()) {
      repeat = null;
      connect(again);
      return;
    }
    fail(Refusal.podBroken(routed.label(), reason));
  }

  void timedOut() {
    fail(Refusal.podTimeout(routed.label()));
  }

  /** Tells the client if it is not too late, and otherwise by cutting the answer short. */
  private void fail(Refusal refusal) {
    if (isAnswerBegun && unsent == null) {
      end();
      client.close();
    } else {
      refuse(refusal);
    }
  }

  private void refuse(Refusal refusal) {
    boolean keep = request.keepsAlive() && isRequestComplete;
    end();
    client.write(RefusalWriter.write(client.alloc(), refusal, request, keep));
    client.write(keep ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    client.flush();
  }

  /** Lets go of everything. Comes before the client is told, since its next request may follow. */
  private void end() {
    connection = null;
    dropRepeat();
    if (unsent != null) {
      unsent.release();
      unsent = null;
    }
    forwarder.ended(this);
  }

  private void dropRepeat() {
    if (repeat != null) {
      repeat.release();
      repeat = null;
    }
  }

  private void readClient(boolean isOn) {
    Channel channel = client.channel();
    if (channel.config().isAutoRead() != isOn) {
      channel.config().setAutoRead(isOn);
    }
  }

  private static ByteBuf constant(String ascii) {
    return Unpooled.unreleasableBuffer(
            Unpooled.directBuffer().writeBytes(ascii.getBytes(StandardCharsets.US_ASCII)))
        .asReadOnly();
  }
}
