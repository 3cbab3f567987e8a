package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import com.google.common.util.concurrent.MoreExecutors;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.stream.InvoiceSeal.Terms;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A payer's connection, with its one stream.
 *
 * <p>All of it happens in its sequence: one step after the other, each on some worker thread, where
 * it may block on the ledger. Safe for use by several threads.
 */
final class ReceiverConnection implements IncomingPayment {

  private static final Logger log = LoggerFactory.getLogger(ReceiverConnection.class);

  /** While money is wanted the payer is told so again this often. */
  static final Duration REMINDER = Duration.ofSeconds(5);

  /** So long after anybody last asked for the payment the payer is kept waiting. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What the payer waits for before it comes with its request again: we are ready. */
  private static final byte[] READY = {(byte) 0xff};

  private static final int MAXIMUM_WAITING_PACKETS = 100;

  /** F02 this often in a row: the payer is gone. Once may be a reconnect. */
  private static final int UNKNOWN_LIMIT = 4;

  /** T01, of an account without a connection, for so long, or F02: the payer has left. */
  private static final Duration ABSENCE_LIMIT = Duration.ofSeconds(3);

  /** So long a payer may come back after we did. BTP clients try every 5 s. */
  private static final Duration RETURN_LIMIT = Duration.ofSeconds(10);

  /** Whose connection it is. */
  interface Owner {

    /** The stream exists: money and data can be asked for. */
    void ready(ReceiverConnection connection);

    /** It has ended. */
    void gone(ReceiverConnection connection);
  }

  private final Surroundings around;
  private final String segment;
  private final Terms terms;
  private final Amount price;
  private final Owner owner;
  private final Executor sequence;
  private final DataChannel data;
  private final Announcer announcer;
  private final Till till;
  private final ReceiverRules rules;
  private final KeepAlive keepAlive;
  private final AtomicInteger waitingPackets = new AtomicInteger();

  private volatile Instant lastAsked;
  private volatile boolean isClosed;

  ReceiverConnection(
      Surroundings around,
      Ledger ledger,
      Confirmations confirmations,
      String segment,
      Terms terms,
      StreamKeys keys,
      Owner owner) {
    this.around = around;
    this.segment = segment;
    this.terms = terms;
    this.owner = owner;
    price = new Amount(UnsignedLong.fromLongBits(terms.price()), around.uplink().asset());
    sequence = MoreExecutors.newSequentialExecutor(around.worker());
    MoneyGate gate = new MoneyGate(ReceiverRules.STREAM);
    till =
        new Till(ledger, InvoiceSeal.nameOf(segment), terms, price, gate, sequence, around.timer());
    data = new DataChannel(ReceiverRules.STREAM, sequence, this::announce);
    rules = new ReceiverRules(around, keys, gate, till, confirmations, data);
    announcer =
        new Announcer(
            new StreamLink(around.uplink(), keys, around.clock(), around.random()),
            data,
            around,
            sequence,
            new Voice());
    keepAlive = new KeepAlive(around.clock());
    lastAsked = around.clock().instant();
  }

  @Override
  public PayToken token() {
    return terms.token();
  }

  @Override
  public boolean isFor(String item) {
    return terms.isFor(item);
  }

  @Override
  public Amount price() {
    return price;
  }

  @Override
  public PaymentData data() {
    return data;
  }

  @Override
  public Amount offered() {
    return till.offered();
  }

  /** Returns the address segment it is known by. */
  String segment() {
    return segment;
  }

  boolean isOpen() {
    return !isClosed && rules.isOpen();
  }

  boolean isReceiving() {
    return till.isWaiting();
  }

  /** Returns when somebody last asked for this payment. */
  Instant lastAsked() {
    return lastAsked;
  }

  /** Notes that somebody asks for this payment, and sees whether the payer is still there. */
  void ask() {
    lastAsked = around.clock().instant();
    if (keepAlive.isSilentFor(REMINDER) && keepAlive.isUnheardFor(REMINDER)) {
      keepAlive.said();
      within(announcer::announce);
    }
  }

  @Override
  public CompletionStage<PaymentResult> receive(Duration timeout) {
    ask();
    CompletableFuture<PaymentResult> result = new CompletableFuture<>();
    boolean isAccepted =
        within(
            () -> {
              if (!isOpen()) {
                till.report(result);
              } else if (till.collect(timeout, result)) {
                announcer.announce();
              }
            });
    if (!isAccepted) {
      result.completeExceptionally(new PaymentException("receive payment: too busy, or closing"));
    }
    result.thenAccept(this::sendHome);
    return result;
  }

  /** A payer who cannot pay goes, so that the next one under its token is not taken for it. */
  private void sendHome(PaymentResult result) {
    if (result instanceof PaymentResult.TooLow) {
      close();
    }
  }

  /** Answers a Prepare to this connection's address. */
  CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    CompletableFuture<InterledgerResponsePacket> answer = new CompletableFuture<>();
    boolean isAccepted = false;
    if (waitingPackets.incrementAndGet() <= MAXIMUM_WAITING_PACKETS) {
      isAccepted = within(() -> answer(prepare, answer));
    }
    if (!isAccepted) {
      waitingPackets.decrementAndGet();
      answer.complete(reject(InterledgerErrorCode.T03_CONNECTOR_BUSY));
    }
    return answer;
  }

  private void answer(
      InterledgerPreparePacket prepare, CompletableFuture<InterledgerResponsePacket> answer) {
    waitingPackets.decrementAndGet();
    if (isClosed) {
      answer.complete(reject(InterledgerErrorCode.F02_UNREACHABLE));
      return;
    }
    try {
      ReceiverRules.Outcome outcome = rules.apply(prepare);
      if (outcome.isFromPayer()) {
        keepAlive.heard();
      }
      outcome
          .response()
          .thenAccept(
              response -> {
                answer.complete(response);
                till.settle();
                follow();
              });
      act(outcome);
    } catch (RuntimeException e) { // our bug; the payer may try again, and others go on
      log.warn("packet not handled", e);
      answer.complete(reject(InterledgerErrorCode.T00_INTERNAL_ERROR));
    }
  }

  private void act(ReceiverRules.Outcome outcome) {
    InterledgerAddress address = outcome.newAddress();
    if (address != null) {
      announcer.moveTo(address);
    }
    if (outcome.isOpened()) {
      data.write(READY);
      owner.ready(this);
    }
    announcer.goOn();
  }

  /** Ends what the payer has ended. */
  private void follow() {
    if (rules.isOver()) {
      leave();
    } else if (rules.isEnded()) {
      till.giveUp();
      endData();
    }
  }

  private void endData() {
    data.end(new PaymentException("write: the connection has ended"));
  }

  private void announce() {
    announcer.announce();
  }

  /** Does what is due by the clock. Called every second or so, on any thread. */
  void tick() {
    if (keepAlive.isGone()) {
      within(this::leave);
    } else if (isOpen()
        && keepAlive.isSilentFor(till.isWaiting() ? REMINDER : KeepAlive.INTERVAL)
        && lastAsked.plus(PATIENCE).isAfter(around.clock().instant())) {
      keepAlive.said();
      within(announcer::announce);
    }
  }

  @Override
  public void close() {
    closeAndWait();
  }

  /** Closes, and completes once the payer knows it or could not be told. */
  CompletionStage<Void> closeAndWait() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    boolean isAccepted =
        within(
            () -> {
              if (isClosed) {
                told.complete(null);
                return;
              }
              rules.close();
              till.giveUp();
              announcer.close(ReceiverRules.GOOD_BYE, () -> goodBye(told));
            });
    if (!isAccepted) {
      told.complete(null);
    }
    return told;
  }

  /** Goes once the payer knows: its packets until then deserve an answer. */
  private void goodBye(CompletableFuture<Void> told) {
    if (!within(this::leave)) {
      isClosed = true;
    }
    told.complete(null);
  }

  private void leave() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    announcer.stop();
    owner.gone(this);
    till.giveUp();
    endData();
  }

  private InterledgerResponsePacket reject(InterledgerErrorCode code) {
    return Replies.reject(around.uplink().address(), code);
  }

  /** Runs a step in the sequence, and returns whether it will. */
  private boolean within(Runnable step) {
    try {
      sequence.execute(step);
      return true;
    } catch (RejectedExecutionException e) {
      log.debug("step dropped: the worker is busy or closed");
      return false;
    }
  }

  /** What the announcer says, and hears, for this connection. */
  private final class Voice implements Announcer.Speaker {

    @Override
    public List<Frame> news() {
      keepAlive.said();
      return rules.streamFrames();
    }

    @Override
    public void heard(List<Frame> frames) {
      keepAlive.heard();
      rules.hear(frames);
      if (!data.take(frames)) {
        log.debug("data in an answer left out: more than we take");
      }
      follow();
    }

    @Override
    public boolean isGone(int unknown, Duration absence, boolean wasCutOff) {
      return wasCutOff
          ? absence.compareTo(RETURN_LIMIT) >= 0
          : unknown >= UNKNOWN_LIMIT || absence.compareTo(ABSENCE_LIMIT) >= 0;
    }

    @Override
    public void lost() {
      leave();
    }
  }
}
