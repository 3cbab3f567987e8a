package org.codius.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.socket.DuplexChannel;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One request to a pod and its answer, and after an upgrade the bytes both ways.
 *
 * <p>Neither side is read faster than the other takes it. Confined to the event loop, which both
 * sides share.
 */
final class PodExchange {

  private final PodForwarder forwarder;
  private final ChannelHandlerContext client;
  private final RoutedRequest routed;
  private final RequestHead request;
  private final PodPool pool;
  private final AnswerRelay relay;
  private @Nullable PodConnection connection;

  /** The connections to the pod that are in use, of which this is one. */
  private @Nullable AtomicInteger inUse;

  /** Whether the request may have to be sent again: until something comes back. */
  private boolean isRepeatable;

  private boolean isRequestComplete;
  private boolean isKept;
  private boolean isTunnel;
  private boolean isClientShut;
  private boolean isPodShut;

  PodExchange(
      PodForwarder forwarder, ChannelHandlerContext client, RoutedRequest routed, PodPool pool) {
    this.forwarder = forwarder;
    this.client = client;
    this.routed = routed;
    this.request = routed.head();
    this.pool = pool;
    this.relay = new AnswerRelay(client, request);
  }

  RequestHead request() {
    return request;
  }

  /** Whether nothing is to be done any more. */
  boolean isEnded() {
    return connection == null;
  }

  // from the client

  /** Sends the head on. Only a request that could be repeated goes on a connection kept. */
  void start() {
    isRequestComplete = !request.hasBody();
    inUse = pool.inUse().take(routed.label(), forwarder.client());
    if (inUse == null) {
      refuse(Refusal.podBusy(routed.label()));
      return;
    }
    PodConnection kept = request.isRepeatable() ? pool.take(routed.label(), routed.pod()) : null;
    if (kept == null) {
      connect();
    } else {
      isRepeatable = true;
      connection = kept;
      kept.begin(this);
      sendHead(kept);
    }
  }

  private void connect() {
    PodConnection opened = pool.connect(routed.label(), routed.pod(), this);
    connection = opened;
    sendHead(opened);
  }

  private void sendHead(PodConnection to) {
    to.write(ForwardedHead.request(client.alloc(), request, forwarder.client()));
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
    isClientShut = true;
    if (isTunnel) {
      tellPodOfShut();
    }
  }

  private void tellPodOfShut() {
    if (connection != null) {
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

  void interim(AnswerHead head) {
    isRepeatable = false;
    relay.interim(head);
    holdPodBack();
  }

  void answer(AnswerHead head, int received) {
    isRepeatable = false;
    boolean endsByClose = head.length() < 0 && request.protocol() == Protocol.HTTP_1_0;
    isKept = mayKeep() && !endsByClose;
    relay.head(head, received, isKept);
  }

  private boolean mayKeep() {
    return request.keepsAlive() && isRequestComplete && !forwarder.isDraining();
  }

  void answerBody(ByteBuf piece) {
    relay.body(piece);
    holdPodBack();
  }

  void answerTrailers(List<HeaderFields> fields) {
    if (!fields.isEmpty() && request.protocol() == Protocol.HTTP_2) {
      relay.trailers(new Trailers(fields));
    }
  }

  private void holdPodBack() {
    if (connection != null && !client.channel().isWritable()) {
      connection.read(false);
    }
  }

  void flushAnswer() {
    relay.flush();
  }

  void complete() {
    relay.end();
    end();
    client.write(
        isKept ? ResponseEnd.KEEP : ResponseEnd.CLOSE, client.channel().unsafe().voidPromise());
    client.flush();
  }

  void switched(AnswerHead head) {
    isRepeatable = false;
    isTunnel = true;
    isRequestComplete = false; // the client's side is read on
    relay.switched(head);
    client.write(ResponseEnd.UPGRADED); // has what the client sent already come on
    client.flush();
    if (isClientShut) {
      tellPodOfShut();
    }
  }

  /** The pod sends no more after an upgrade. */
  void podShut() {
    isPodShut = true;
    if (isClientShut || !(client.channel() instanceof DuplexChannel duplex)) {
      tunnelEnded();
    } else {
      client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> HalfClose.of(duplex));
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
    if (isUnanswered && isRepeatable && failed != null && failed.isReused()) {
      isRepeatable = false;
      connect();
      return;
    }
    fail(Refusal.podBroken(routed.label(), reason));
  }

  void timedOut() {
    fail(Refusal.podTimeout(routed.label()));
  }

  /** A pod was taken away; if it is ours, there is nobody to answer any more. */
  void podGone(String label) {
    PodConnection given = connection;
    if (given == null || !routed.label().equals(label)) {
      return;
    }
    if (isTunnel) {
      tunnelEnded();
    } else {
      fail(Refusal.podNotFound(label));
      given.abandon();
    }
  }

  /** Tells the client if it is not too late, and otherwise by cutting the answer short. */
  private void fail(Refusal refusal) {
    if (relay.isBegun()) {
      end();
      client.flush(); // close would drop what was written since the last time
      client.close();
    } else {
      refuse(refusal);
    }
  }

  private void refuse(Refusal refusal) {
    boolean keep = mayKeep();
    end();
    client.write(forwarder.answers().refusal(client.alloc(), refusal, request, keep));
    client.write(keep ? ResponseEnd.KEEP : ResponseEnd.CLOSE);
    client.flush();
  }

  /** Lets go of everything. Comes before the client is told, since its next request may follow. */
  private void end() {
    connection = null;
    if (inUse != null) {
      inUse.decrementAndGet();
      inUse = null;
    }
    relay.discard();
    forwarder.ended(this);
  }

  private void readClient(boolean isOn) {
    Channel channel = client.channel();
    if (channel.config().isAutoRead() != isOn) {
      channel.config().setAutoRead(isOn);
    }
  }
}
