package org.codius.payments.stream;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.util.ArrayList;
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
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.PaymentSender.Outlays;
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

  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final Surroundings around;
  private final InterledgerAddress destination;
  private final InterledgerAddress source;
  private final UnsignedLong allowed;
  private final Outlays outlays;
  private final Replies replies;
  private final StreamSenderConfig config;
  private final DataChannel data;
  private final SenderRules rules;
  private final StreamLink link;
  private final Announcer announcer;
  private final KeepAlive keepAlive;
  private final Executor sequence;
  private final Consumer<SenderConnection> onEnded;

  private final CompletableFuture<OutgoingPayment> opened = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private Consumer<OutgoingPayment> onProgress = payment -> {};
  private @Nullable StreamOpening opening;
  private @Nullable Future<?> ticking;
  private boolean isClosing;
  private volatile @Nullable MoneySender money;
  private volatile @Nullable Asset theirAsset;

  SenderConnection(
      Surroundings around,
      Invoice invoice,
      String segment,
      Amount maximum,
      Outlays outlays,
      StreamSenderConfig config,
      Consumer<SenderConnection> onEnded) {
    this.around = around;
    this.outlays = outlays;
    this.config = config;
    this.onEnded = onEnded;
    destination = invoice.destination();
    source = around.uplink().address().with(segment);
    allowed = maximum.baseUnits();
    StreamKeys keys = StreamKeys.of(invoice.secretBytes());
    replies = new Replies(keys, around.random(), around.uplink()::address);
    sequence = MoreExecutors.newSequentialExecutor(around.worker());
    data = new DataChannel(SenderRules.STREAM, sequence, this::announce);
    rules = new SenderRules(keys, replies, data);
    link = new StreamLink(around.uplink(), keys, around.clock(), around.random());
    announcer = new Announcer(link, data, around, sequence, new Voice());
    keepAlive = new KeepAlive(around.clock());
  }

  /** Finds the rate and opens the stream. */
  CompletionStage<OutgoingPayment> open() {
    if (!within(this::start)) {
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
  public PaymentData data() {
    return data;
  }

  @Override
  public void onProgress(Consumer<OutgoingPayment> listener) {
    requireNonNull(listener, "listener");
    within(
        () -> {
          onProgress = listener;
          listener.accept(this);
        });
  }

  @Override
  public CompletionStage<Void> ended() {
    return ended.copy();
  }

  @Override
  public void close() {
    within(this::sayGoodBye);
  }

  private void start() {
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
    StreamOpening started =
        new StreamOpening(
            link,
            destination,
            greeting,
            this::firstFrames,
            around,
            sequence,
            config.slippage(),
            this::heard);
    opening = started;
    started
        .run()
        .whenComplete(
            (stream, failure) -> {
              if (stream == null) {
                end(failure instanceof PaymentException e ? e : new PaymentException("", failure));
                return;
              }
              money =
                  new MoneySender(
                      link,
                      destination,
                      allowed,
                      stream.rate(),
                      config,
                      around,
                      sequence,
                      outlays,
                      this);
              announcer.moveTo(destination);
              opened.complete(this);
              heard(stream.frames());
            });
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
    SenderRules.Outcome outcome = rules.apply(prepare);
    answer.complete(outcome.response());
    follow(outcome.frames());
  }

  @Override
  public void heard(List<Frame> frames) {
    if (!data.take(frames)) {
      log.debug("data in an answer left out: more than we take");
    }
    follow(frames);
  }

  @Override
  public void progressed() {
    onProgress.accept(this);
  }

  private void follow(List<Frame> frames) {
    if (!frames.isEmpty()) {
      keepAlive.heard();
    }
    for (Frame frame : frames) {
      if (frame instanceof Frame.StreamMaxMoney max && max.streamId() == SenderRules.STREAM) {
        MoneySender sender = money;
        if (sender != null) {
          sender.limit(max);
        }
      } else if (frame instanceof Frame.StreamData data && data.data().length > 0) {
        ready.complete(null);
      } else if (frame instanceof Frame.ConnectionAssetDetails asset) {
        theirAsset = new Asset(asset.code(), asset.scale());
      } else if (frame instanceof Frame.ConnectionClose
          || (frame instanceof Frame.StreamClose close && close.streamId() == SenderRules.STREAM)) {
        leave();
      }
    }
    announcer.goOn();
  }

  /** Returns what opens the stream: how much may come on it is said at once. */
  private List<Frame> firstFrames() {
    List<Frame> frames = new ArrayList<>(rules.streamFrames());
    frames.add(new Frame.StreamMoneyBlocked(SenderRules.STREAM, allowed.longValue(), 0));
    return frames;
  }

  private void announce() {
    announcer.announce();
  }

  @Override
  public void failed(PaymentException why) {
    log.debug("payment failed: {}", why.getMessage());
    end(why);
    sayGoodBye();
  }

  private void tick() {
    if (keepAlive.isGone()) {
      end(new PaymentException("pay: nothing heard for " + KeepAlive.IDLE.toSeconds() + " s"));
      return;
    }
    if (opened.isDone() && !isClosing && keepAlive.isSilentFor(KeepAlive.INTERVAL)) {
      announcer.announce();
    }
  }

  /** Closes once what is under way has been answered. */
  private void sayGoodBye() {
    if (isClosing) {
      return;
    }
    isClosing = true;
    link.send(destination, UnsignedLong.ZERO, 0, SenderRules.GOOD_BYE)
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
    StreamOpening started = opening;
    if (started != null) {
      started.cancel(reason);
    }
    opened.completeExceptionally(reason);
    ready.completeExceptionally(reason);
    announcer.stop();
    data.end(reason);
    ended.complete(null);
    onEnded.accept(this);
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

  /** What the announcer says, and hears, for this connection. */
  private final class Voice implements Announcer.Speaker {

    @Override
    public List<Frame> news() {
      keepAlive.said();
      List<Frame> frames = new ArrayList<>(rules.streamFrames());
      frames.add(new Frame.ConnectionNewAddress(source.getValue())); // it may have restarted
      return frames;
    }

    @Override
    public void heard(List<Frame> frames) {
      SenderConnection.this.heard(frames);
    }

    /**
     * A host comes back, with what it was paid: {@link KeepAlive#IDLE} is for one that does not.
     */
    @Override
    public boolean isGone(int unknown, Duration absence, boolean wasCutOff) {
      return false;
    }

    @Override
    public void lost() {
      failed(new PaymentException("pay: the connection has sent too many packets"));
    }
  }
}
