package org.codius.payments.loopback;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Uplink;
import org.codius.payments.UplinkState;
import org.codius.payments.ilp.Answerer;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An account with a parent in the same process: no socket, no token, an address that stays.
 *
 * <p>Safe for use by several threads.
 */
public final class LoopbackUplink implements Uplink {

  private static final Logger log = LoggerFactory.getLogger(LoopbackUplink.class);

  private static final PacketHandler NOBODY =
      prepare -> Rejects.answer(InterledgerErrorCode.T00_INTERNAL_ERROR, "nobody answers here yet");

  private final Supplier<InterledgerAddress> address;
  private final Asset asset;
  private final EventLoopGroup group;
  private final InstantSource clock;
  private volatile PacketHandler parent = NOBODY;
  private final Answerer answerer = new Answerer();
  private volatile UplinkState state = UplinkState.CONNECTED;
  private volatile boolean isClosed;

  /**
   * Returns an uplink whose parent is yet to be set.
   *
   * @param address what it says its address is
   * @param group has the timers that answer for a handler that does not
   */
  public LoopbackUplink(
      Supplier<InterledgerAddress> address,
      Asset asset,
      EventLoopGroup group,
      InstantSource clock) {
    this.address = requireNonNull(address, "address");
    this.asset = requireNonNull(asset, "asset");
    this.group = requireNonNull(group, "group");
    this.clock = requireNonNull(clock, "clock");
  }

  /** Sets who answers the Prepares that are sent. Until then they are rejected with T00. */
  public void parent(PacketHandler handler) {
    parent = requireNonNull(handler, "handler");
  }

  /**
   * Hands a Prepare of the parent's to this end. R00 in its place once the Prepare has expired; T00
   * if it fails.
   */
  public CompletionStage<InterledgerResponsePacket> deliver(InterledgerPreparePacket prepare) {
    CompletableFuture<InterledgerResponsePacket> answer =
        answerTo(prepare)
            .exceptionally(
                failure -> {
                  log.warn("packet handler failed", failure);
                  return Rejects.of(InterledgerErrorCode.T00_INTERNAL_ERROR, "internal error");
                })
            .toCompletableFuture();
    CompletionStage<InterledgerResponsePacket> taken =
        answer.isDone() ? answer : limited(answer, prepare.getExpiresAt());
    return taken.thenApply(
        response -> {
          answerer.sent(response);
          return response;
        });
  }

  private CompletionStage<InterledgerResponsePacket> limited(
      CompletionStage<InterledgerResponsePacket> answer, Instant expiry) {
    CompletableFuture<InterledgerResponsePacket> limited = new CompletableFuture<>();
    long left = Duration.between(clock.instant(), expiry).toMillis();
    Runnable timeOut =
        () ->
            limited.complete(
                Rejects.of(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "no answer in time"));
    try {
      Future<?> timer = group.next().schedule(timeOut, Math.max(0, left), TimeUnit.MILLISECONDS);
      answer.thenAccept(
          response -> {
            timer.cancel(false);
            if (!limited.complete(response)) {
              log.warn("packet handler answered too late");
            }
          });
    } catch (RejectedExecutionException e) {
      return Rejects.answer(InterledgerErrorCode.T99_APPLICATION_ERROR, "shut down");
    }
    return limited;
  }

  private CompletionStage<InterledgerResponsePacket> answerTo(InterledgerPreparePacket prepare) {
    try {
      return isClosed
          ? Rejects.answer(InterledgerErrorCode.T99_APPLICATION_ERROR, "closed")
          : answerer.handle(prepare);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e); // it broke its word; the sender gets an answer
    }
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return parent.handle(prepare);
  }

  @Override
  public InterledgerAddress address() {
    return address.get();
  }

  @Override
  public Asset asset() {
    return asset;
  }

  @Override
  public boolean isConnected() {
    return state.isConnected();
  }

  @Override
  public UplinkState state() {
    return state;
  }

  @Override
  public void onPrepare(PacketHandler handler) {
    answerer.set(handler);
  }

  @Override
  public void offPrepare(PacketHandler handler) {
    answerer.remove(handler);
  }

  /** Says from here on that it is down: the parent answers no more. */
  public void disconnect() {
    state = UplinkState.down("use the connector: it is shut down");
  }

  /** Stops answering; the parent goes on. */
  @Override
  public void close() {
    isClosed = true;
  }
}
