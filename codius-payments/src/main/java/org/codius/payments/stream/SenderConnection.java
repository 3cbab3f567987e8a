package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.ilp.OerException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection we pay on, with its one stream.
 *
 * <p>All of it happens in its sequence: one step after the other, none of which blocks. Safe for
 * use by several threads.
 */
final class SenderConnection implements OutgoingPayment, MoneySender.Payer {

  private static final Logger log = LoggerFactory.getLogger(SenderConnection.class);

  private static final long STREAM = 1;
  private static final long CONNECTION_WINDOW = 65534;
  private static final long STREAM_WINDOW = 16384;

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration FAREWELL = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** The first packet on the stream is sent this often, the pauses in between doubling. */
  private static final int MAXIMUM_ATTEMPTS = 8;

  private final Surroundings around;
  private final InterledgerAddress destination;
  private final InterledgerAddress source;
  private final UnsignedLong allowed;
  private final StreamKeys keys;
  private final Replies replies;
  private final StreamLink link;
  private final Executor sequence;
  private final Consumer<SenderConnection> onEnded;
  private final ReplayWindow replays = new ReplayWindow();

  private final CompletableFuture<OutgoingPayment> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private @Nullable RateProbe probe;
  private @Nullable Future<?> ticking;
  private boolean isClosing;
  private Instant lastHeard;
  private Instant lastSaid;
  private volatile @Nullable MoneySender money;
  private volatile @Nullable Asset theirAsset;

  SenderConnection(
      Surroundings around,
      Invoice invoice,
      String segment,
      Amount maximum,
      Consumer<SenderConnection> onEnded) {
    this.around = around;
    this.onEnded = onEnded;
    destination = invoice.destination();
    source = around.uplink().address().with(segment);
    allowed = maximum.baseUnits();
    keys = StreamKeys.of(invoice.secretBytes());
    replies = new Replies(keys, around.random(), around.uplink()::address);
    link = new StreamLink(around.uplink(), keys, around.clock(), around.random());
    sequence = MoreExecutors.newSequentialExecutor(around.worker());
    lastHeard = around.clock().instant();
    lastSaid = lastHeard;
  }

  /** Finds the rate and opens the stream. */
  CompletionStage<OutgoingPayment> open() {
    if (!within(this::probe)) {
      end(new PaymentException("open a STREAM: closing"));
    }
    return opened;
  }

  @Override
  public CompletionStage<Void> ready() {
    return ready.copy();
  }

  @Override
  public Amount sent() {
    MoneySender sender = money;
    return new Amount(sender == null ? UnsignedLong.ZERO : sender.sent(), around.uplink().asset());
  }

  @Override
  public Amount delivered() {
    MoneySender sender = money;
    Asset asset = theirAsset;
    return new Amount(
        sender == null ? UnsignedLong.ZERO : sender.delivered(),
        asset == null ? around.uplink().asset() : asset);
  }

  @Override
  public CompletionStage<Void> ended() {
    return ended.copy();
  }

  @Override
  public void close() {
    within(this::sayGoodBye);
  }

  private void probe() {
    ticking =
        around
            .timer()
            .scheduleWithFixedDelay(
                () -> within(this::tick), TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    Asset asset = around.uplink().asset();
    List<Frame> greeting =
        List.of(
            new Frame.ConnectionNewAddress(source.getValue()),
            new Frame.ConnectionAssetDetails(asset.code(), asset.scale()));
    RateProbe started =
        new RateProbe(
            link, destination, greeting, sequence, around.timer(), around.clock(), this::heard);
    probe = started;
    started
        .run()
        .whenComplete(
            (rate, failure) -> {
              if (rate == null) {
                end(failure instanceof PaymentException e ? e : new PaymentException("", failure));
              } else {
                money =
                    new MoneySender(
                        link, destination, STREAM, allowed, rate, around, sequence, this);
                openStream(1);
              }
            });
  }

  /** Opens the stream with a packet that has no money in it, and learns what may be sent. */
  private void openStream(int attempt) {
    if (isClosing) {
      return;
    }
    link.send(destination, UnsignedLong.ZERO, 0, streamFrames())
        .whenComplete(
            (answer, failure) ->
                within(
                    () -> {
                      if (answer instanceof Answer.Rejected rejected && !rejected.isRead()) {
                        openAgain(attempt, rejected);
                        return;
                      }
                      opened.complete(this);
                      heard(answer.frames());
                    }));
  }

  private void openAgain(int attempt, Answer.Rejected rejected) {
    if (!rejected.mayPass() || attempt >= MAXIMUM_ATTEMPTS) {
      failed(
          new PaymentException(
              "open a STREAM to "
                  + destination.getValue()
                  + ": rejected with "
                  + rejected.code().getCode()));
      return;
    }
    long pause = FIRST_PAUSE.toMillis() << (attempt - 1);
    around
        .timer()
        .schedule(() -> within(() -> openStream(attempt + 1)), pause, TimeUnit.MILLISECONDS);
  }

  /** Answers a Prepare to our end of this connection. */
  CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    CompletableFuture<InterledgerResponsePacket> answer = new CompletableFuture<>();
    if (!within(() -> answer(prepare, answer))) {
      answer.complete(replies.reject(InterledgerErrorCode.T03_CONNECTOR_BUSY));
    }
    return answer;
  }

  private void answer(
      InterledgerPreparePacket prepare, CompletableFuture<InterledgerResponsePacket> answer) {
    StreamPacket packet;
    try {
      packet = keys.decrypt(prepare.getData()).map(StreamCodec::decode).orElse(null);
    } catch (OerException e) {
      packet = null;
    }
    if (packet == null || packet.type() != StreamPacket.PREPARE) {
      answer.complete(replies.reject(InterledgerErrorCode.F06_UNEXPECTED_PAYMENT));
      return;
    }
    boolean canFulfill =
        prepare.getAmount().equals(UnsignedLong.ZERO) // we are not here to be paid
            && packet.prepareAmount() == 0
            && keys.canFulfill(prepare.getData(), prepare.getExecutionCondition());
    boolean isNew = replays.admit(packet.sequence());
    answer.complete(
        canFulfill && isNew
            ? replies.fulfill(prepare, packet, frames())
            : replies.refuse(prepare, packet, frames()));
    if (isNew) {
      heard(packet.frames());
    }
  }

  @Override
  public void heard(List<Frame> frames) {
    if (!frames.isEmpty()) {
      lastHeard = around.clock().instant();
    }
    for (Frame frame : frames) {
      if (frame instanceof Frame.StreamMaxMoney max && max.streamId() == STREAM) {
        MoneySender sender = money;
        if (sender != null) {
          sender.limit(max);
        }
      } else if (frame instanceof Frame.StreamData data && data.data().length > 0) {
        ready.complete(null);
      } else if (frame instanceof Frame.ConnectionAssetDetails asset) {
        theirAsset = new Asset(asset.code(), asset.scale());
      } else if (frame instanceof Frame.StreamClose || frame instanceof Frame.ConnectionClose) {
        leave();
      }
    }
  }

  @Override
  public void failed(PaymentException why) {
    log.debug("payment failed: {}", why.getMessage());
    end(why);
    sayGoodBye();
  }

  private void tick() {
    Instant now = around.clock().instant();
    if (lastHeard.plus(IDLE).isBefore(now)) {
      end(new PaymentException("pay: nothing heard for " + IDLE.toSeconds() + " s"));
      return;
    }
    if (opened.isDone() && !isClosing && lastSaid.plus(KEEP_ALIVE).isBefore(now)) {
      lastSaid = now;
      link.send(destination, UnsignedLong.ZERO, 0, streamFrames())
          .whenComplete((answer, failure) -> within(() -> heard(answer.frames())));
    }
  }

  /** Closes once what is under way has been answered. */
  private void sayGoodBye() {
    if (isClosing) {
      return;
    }
    isClosing = true;
    link.send(
            destination,
            UnsignedLong.ZERO,
            0,
            List.of(
                new Frame.StreamClose(STREAM, CloseCode.NO_ERROR, ""),
                new Frame.ConnectionClose(CloseCode.NO_ERROR, "")))
        .whenComplete((answer, failure) -> within(this::leave));
    try {
      around
          .timer()
          .schedule(() -> within(() -> end(null)), FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      end(null);
    }
  }

  /** Ends, once what is under way has been answered: it may have been paid. */
  private void leave() {
    isClosing = true;
    MoneySender sender = money;
    if (sender == null) {
      end(null);
    } else {
      sender.stop(() -> end(null));
    }
  }

  private void end(@Nullable PaymentException why) {
    Future<?> scheduled = ticking;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    PaymentException reason =
        why != null ? why : new PaymentException("pay: the connection has ended");
    RateProbe probing = probe;
    if (probing != null) {
      probing.cancel(reason);
    }
    opened.completeExceptionally(reason);
    ready.completeExceptionally(reason);
    ended.complete(null);
    onEnded.accept(this);
  }

  private List<Frame> streamFrames() {
    lastSaid = around.clock().instant();
    return List.of(
        new Frame.StreamMaxMoney(STREAM, 0, 0), new Frame.StreamMaxData(STREAM, STREAM_WINDOW));
  }

  private List<Frame> frames() {
    return List.of(
        new Frame.ConnectionMaxData(CONNECTION_WINDOW),
        new Frame.StreamMaxMoney(STREAM, 0, 0),
        new Frame.StreamMaxData(STREAM, STREAM_WINDOW));
  }

  /** Runs a step in the sequence, and returns whether it will. */
  private boolean within(Runnable step) {
    try {
      sequence.execute(step);
      return true;
    } catch (RejectedExecutionException e) {
      log.debug("step dropped: closing");
      return false;
    }
  }
}
