package org.codius.payments.btp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.codius.payments.PacketHandler;
import org.codius.payments.ilp.IlpCodec;
import org.codius.payments.ilp.OerException;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both directions of an authenticated link: our Prepares to the peer, the peer's to {@code
 * onPrepare}.
 *
 * <p>Inbound: {@link BtpPacket}. Outbound: the same. Confined to the channel's event loop, except
 * for what {@link BtpLink} promises.
 */
final class BtpLinkHandler extends SimpleChannelInboundHandler<BtpPacket> implements BtpLink {

  private static final Logger log = LoggerFactory.getLogger(BtpLinkHandler.class);

  private final Channel channel;
  private final InstantSource clock;
  private final Duration responseTimeout;
  private final int maximumPending;
  private final PendingRequests pending;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile PacketHandler onPrepare =
      prepare -> Rejects.answer(InterledgerErrorCode.T00_INTERNAL_ERROR, "not ready");
  private int answering;

  BtpLinkHandler(
      Channel channel,
      InstantSource clock,
      Duration responseTimeout,
      int maximumPending,
      int firstRequestId) {
    this.channel = channel;
    this.clock = clock;
    this.responseTimeout = responseTimeout;
    this.maximumPending = maximumPending;
    this.pending = new PendingRequests(channel.eventLoop(), maximumPending, firstRequestId);
    channel.closeFuture().addListener(gone -> closed.complete(null));
  }

  void onPrepare(PacketHandler handler) {
    onPrepare = handler;
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    List<ProtocolData> packet;
    try {
      packet = ilp(prepare);
    } catch (IllegalArgumentException e) {
      return Rejects.answer(
          InterledgerErrorCode.F01_INVALID_PACKET, String.valueOf(e.getMessage()));
    }
    CompletableFuture<InterledgerResponsePacket> answer = new CompletableFuture<>();
    if (!onLoop(() -> send(packet, prepare.getExpiresAt(), answer))) {
      return Rejects.answer(InterledgerErrorCode.T01_PEER_UNREACHABLE, "shut down");
    }
    return answer;
  }

  private void send(
      List<ProtocolData> packet,
      Instant expiry,
      CompletableFuture<InterledgerResponsePacket> answer) {
    Duration left = Duration.between(clock.instant(), expiry);
    if (!channel.isActive()) {
      answer.complete(
          Rejects.of(InterledgerErrorCode.T01_PEER_UNREACHABLE, "the link to the peer is down"));
    } else if (left.isNegative() || left.isZero()) {
      answer.complete(
          Rejects.of(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "expired before it was sent"));
    } else if (pending.isFull() || !channel.isWritable()) {
      answer.complete(
          Rejects.of(InterledgerErrorCode.T03_CONNECTOR_BUSY, "too many packets to this peer"));
    } else {
      Duration timeout = left.compareTo(responseTimeout) < 0 ? left : responseTimeout;
      int id = pending.add(answer, timeout);
      write(new BtpPacket.Message(id, packet));
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, BtpPacket packet) {
    if (packet instanceof BtpPacket.Message message) {
      receive(message);
    } else if (packet instanceof BtpPacket.Response response) {
      if (pending.contains(response.requestId())) { // else it is late, and was answered with R00
        pending.answer(response.requestId(), answerIn(response));
      }
    } else if (packet instanceof BtpPacket.Failure failure) {
      log.debug("BTP error peer={} {} {}", peer(), failure.code(), failure.name());
      pending.answer(
          failure.requestId(),
          Rejects.of(InterledgerErrorCode.T01_PEER_UNREACHABLE, "the peer answered with an error"));
    } else {
      refuse(packet.requestId(), "nothing is settled over this link");
    }
  }

  private void receive(BtpPacket.Message message) {
    ProtocolData ilp = message.find(ProtocolData.ILP).orElse(null);
    if (ilp == null) {
      refuse(message.requestId(), "only ilp is spoken here");
      return;
    }
    InterledgerPacket packet;
    try {
      packet = IlpCodec.decode(ilp.data());
    } catch (OerException e) {
      respond(
          message.requestId(),
          Rejects.of(InterledgerErrorCode.F01_INVALID_PACKET, String.valueOf(e.getMessage())));
      return;
    }
    if (!(packet instanceof InterledgerPreparePacket prepare)) {
      refuse(message.requestId(), "only a Prepare may be asked");
      return;
    }
    if (answering >= maximumPending) {
      respond(
          message.requestId(),
          Rejects.of(InterledgerErrorCode.T03_CONNECTOR_BUSY, "too many packets from this peer"));
      return;
    }
    answering++;
    answerTo(prepare)
        .whenComplete(
            (response, e) -> {
              if (!onLoop(() -> finish(message.requestId(), response, e))) {
                log.debug("answer dropped: the event loop has ended");
              }
            });
  }

  private CompletionStage<InterledgerResponsePacket> answerTo(InterledgerPreparePacket prepare) {
    try {
      return onPrepare.handle(prepare);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e); // it broke its word; the peer gets an answer still
    }
  }

  private void finish(int requestId, InterledgerResponsePacket response, Throwable failure) {
    answering--;
    try {
      if (failure == null) {
        respond(requestId, response)
            .addListener(
                written -> {
                  if (written.isSuccess()) {
                    onPrepare.sent(response);
                  }
                });
        return;
      }
      log.warn("packet handler failed", failure);
    } catch (IllegalArgumentException e) {
      log.warn("packet handler answered what cannot be sent", e);
    }
    respond(requestId, Rejects.of(InterledgerErrorCode.T00_INTERNAL_ERROR, "internal error"));
  }

  /** Runs {@code task} on the event loop, at once if this is it. Returns false if it has ended. */
  private boolean onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
      return true;
    }
    try {
      channel.eventLoop().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private InterledgerResponsePacket answerIn(BtpPacket.Response response) {
    try {
      ProtocolData ilp = response.find(ProtocolData.ILP).orElse(null);
      if (ilp != null && IlpCodec.decode(ilp.data()) instanceof InterledgerResponsePacket answer) {
        return answer;
      }
    } catch (OerException e) {
      log.debug("unreadable answer peer={}: {}", peer(), e.getMessage());
    }
    return Rejects.of(
        InterledgerErrorCode.T01_PEER_UNREACHABLE, "the peer's answer is no Fulfill or Reject");
  }

  private ChannelFuture respond(int requestId, InterledgerPacket response) {
    return write(new BtpPacket.Response(requestId, ilp(response)));
  }

  private void refuse(int requestId, String why) {
    write(BtpPacket.Failure.notAccepted(requestId, clock.instant(), why));
  }

  private static List<ProtocolData> ilp(InterledgerPacket packet) {
    return List.of(ProtocolData.octets(ProtocolData.ILP, IlpCodec.encode(packet)));
  }

  /** A write that fails closes the channel, which answers everything that is pending. */
  private ChannelFuture write(BtpPacket packet) {
    return channel
        .writeAndFlush(packet)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                log.debug("write failed peer={}", peer(), written.cause());
                channel.close();
              }
            });
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pending.fail();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("link broke peer={}", peer(), cause);
    ctx.close();
  }

  @Override
  public SocketAddress peer() {
    return channel.remoteAddress();
  }

  @Override
  public boolean isOpen() {
    return channel.isActive();
  }

  @Override
  public CompletionStage<Void> closed() {
    return closed.minimalCompletionStage();
  }

  @Override
  public void close() {
    channel.close();
  }
}
