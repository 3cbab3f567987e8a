package org.codius.payments.connector;

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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Uplink;
import org.codius.payments.ilp.Rejects;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's own account in the connector it runs: no socket, no token, an address that stays.
 *
 * <p>Safe for use by several threads.
 */
final class HostUplink implements Uplink {

  private static final Logger log = LoggerFactory.getLogger(HostUplink.class);

  private final Asset asset;
  private final Supplier<InterledgerAddress> connector;
  private final EventLoopGroup group;
  private final InstantSource clock;
  private final BooleanSupplier isClosing;
  private final Account account;
  private final PacketHandler rules;
  private volatile PacketHandler onPrepare =
      prepare -> Rejects.answer(InterledgerErrorCode.T00_INTERNAL_ERROR, "nobody answers here yet");

  HostUplink(
      ConnectorConfig config,
      AccountSettings settings,
      Supplier<InterledgerAddress> connector,
      Balance balance,
      Rules rules,
      EventLoopGroup group,
      InstantSource clock,
      BooleanSupplier isClosing) {
    this.asset = config.asset();
    this.group = group;
    this.clock = clock;
    this.isClosing = isClosing;
    this.connector = connector;
    this.account = Account.of(settings, config.host(), balance, this::deliver, clock);
    this.rules = rules.from(account);
  }

  Account account() {
    return account;
  }

  /** Hands a Prepare to the daemon, and answers in its place once the Prepare has expired. */
  private CompletionStage<InterledgerResponsePacket> deliver(InterledgerPreparePacket prepare) {
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
          onPrepare.sent(response);
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
      return onPrepare.handle(prepare);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(
          e); // it broke its word; the sender gets an answer still
    }
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return rules.handle(prepare);
  }

  @Override
  public InterledgerAddress address() {
    return connector.get().with(account.name());
  }

  @Override
  public Asset asset() {
    return asset;
  }

  @Override
  public boolean isConnected() {
    return !isClosing.getAsBoolean();
  }

  @Override
  public void onPrepare(PacketHandler handler) {
    onPrepare = requireNonNull(handler, "handler");
  }

  /** Stops answering; the connector goes on, and is closed by itself. */
  @Override
  public void close() {
    onPrepare = prepare -> Rejects.answer(InterledgerErrorCode.T99_APPLICATION_ERROR, "closed");
  }
}
