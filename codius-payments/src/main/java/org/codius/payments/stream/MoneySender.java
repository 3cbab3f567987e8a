package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentSender.Outlays;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a stream's money: as much as the receiver asks for and the payer allows, several packets at
 * a time.
 *
 * <p>A refusal that may pass is followed by a pause, longer each time. Confined to the connection's
 * sequence, but for {@link #sent} and {@link #delivered}.
 */
final class MoneySender {

  private static final Logger log = LoggerFactory.getLogger(MoneySender.class);

  private static final BigInteger UNSIGNED_MAXIMUM = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(5);

  /** Who the money is sent for. Called within the sequence. */
  interface Payer {

    /** The receiver answered, with these frames. */
    void heard(List<Frame> frames);

    /** A packet went through: {@link #sent} and {@link #delivered} have grown. */
    void progressed();

    /** It cannot go on. */
    void failed(PaymentException why);
  }

  private final StreamLink link;
  private final InterledgerAddress destination;
  private final BigInteger allowed;
  private final PathRate rate;
  private final StreamSenderConfig config;
  private final Surroundings around;
  private final Executor sequence;
  private final Outlays outlays;
  private final Payer payer;

  private BigInteger wanted = BigInteger.ZERO; // by the receiver, in all, in its units
  private BigInteger arrived = BigInteger.ZERO; // according to the receiver, in its units
  private BigInteger underwaySent = BigInteger.ZERO;
  private BigInteger underwayArriving = BigInteger.ZERO;
  private int underway;
  private Duration pause = FIRST_PAUSE;
  private boolean isPaused;
  private boolean isStopped;
  private @Nullable Instant failingSince;
  private @Nullable Runnable onDrained;

  private volatile UnsignedLong sent = UnsignedLong.ZERO;
  private volatile UnsignedLong delivered = UnsignedLong.ZERO;

  MoneySender(
      StreamLink link,
      InterledgerAddress destination,
      UnsignedLong allowed,
      PathRate rate,
      StreamSenderConfig config,
      Surroundings around,
      Executor sequence,
      Outlays outlays,
      Payer payer) {
    this.link = link;
    this.destination = destination;
    this.allowed = allowed.bigIntegerValue();
    this.rate = rate;
    this.config = config;
    this.around = around;
    this.sequence = sequence;
    this.outlays = outlays;
    this.payer = payer;
  }

  UnsignedLong sent() {
    return sent;
  }

  UnsignedLong delivered() {
    return delivered;
  }

  /** Takes what the receiver says of the stream. Its limit only ever grows (RFC 29 §4.4.4). */
  void limit(Frame.StreamMaxMoney max) {
    wanted = wanted.max(unsigned(max.receiveMax()));
    arrived = arrived.max(unsigned(max.totalReceived()));
    send();
  }

  /** Sends nothing more, and calls back once nothing is underway. */
  void stop(Runnable drained) {
    isStopped = true;
    onDrained = drained;
    drain();
  }

  private void send() {
    while (!isStopped && !isPaused && underway < config.packetsUnderway()) {
      BigInteger missing =
          wanted.subtract(arrived.max(deliveredUnits())).subtract(underwayArriving);
      BigInteger left = allowed.subtract(sent.bigIntegerValue()).subtract(underwaySent);
      if (missing.signum() <= 0 || left.signum() <= 0) {
        return;
      }
      if (link.isExhausted()) {
        payer.failed(new PaymentException("pay: the connection has sent too many packets"));
        return;
      }
      BigInteger amount = rate.toSend(missing).min(left).min(rate.largest());
      if (underway > 0 && !rate.isOneToOne() && rate.toArrive(amount).compareTo(missing) >= 0) {
        return; // the last packet makes up for what the others' rounding left
      }
      if (amount.signum() <= 0) {
        payer.failed(new PaymentException("pay: the path takes no packet, however small"));
        return;
      }
      send(amount);
    }
  }

  private void send(BigInteger amount) {
    Packet packet = new Packet(amount, rate.toArrive(amount), rate.minimum(amount));
    underway++;
    underwaySent = underwaySent.add(amount);
    underwayArriving = underwayArriving.add(packet.arriving());
    CompletableFuture<Void> noted = outlays.leaving(toAmount(amount)).toCompletableFuture();
    if (noted.isDone()) {
      noted.whenComplete((done, failure) -> send(packet, failure));
    } else {
      noted.whenComplete((done, failure) -> within(() -> send(packet, failure)));
    }
  }

  /** Sends a packet whose money has been noted as leaving, unless that failed. */
  private void send(Packet packet, @Nullable Throwable failure) {
    if (failure != null) {
      forget(packet);
      payer.failed(new PaymentException("pay: " + failure.getMessage(), failure));
    } else if (isStopped) {
      forget(packet);
      outlays.kept(toAmount(packet.amount()));
    } else {
      long units = packet.amount().longValue();
      link.send(
              destination,
              UnsignedLong.fromLongBits(units),
              packet.minimum().min(UNSIGNED_MAXIMUM).longValue(),
              List.of(new Frame.StreamMoney(SenderRules.STREAM, units)))
          .whenComplete((answer, lost) -> within(() -> answered(packet, answer)));
      return;
    }
    drain();
  }

  private void forget(Packet packet) {
    underway--;
    underwaySent = underwaySent.subtract(packet.amount());
    underwayArriving = underwayArriving.subtract(packet.arriving());
  }

  private void answered(Packet packet, Answer answer) {
    forget(packet);
    if (answer instanceof Answer.Fulfilled fulfilled) {
      fulfilled(packet, fulfilled.packet());
    } else {
      Answer.Rejected rejected = (Answer.Rejected) answer;
      if (rejected.isUnknown()) {
        outlays.lost(toAmount(packet.amount()));
      } else {
        outlays.kept(toAmount(packet.amount()));
      }
      refused(packet.amount(), rejected);
    }
    drain();
    if (!isStopped) {
      payer.heard(answer.frames());
      send();
    }
  }

  private void fulfilled(Packet packet, @Nullable StreamPacket answer) {
    outlays.paid(toAmount(packet.amount()));
    sent = sent.plus(UnsignedLong.valueOf(packet.amount()));
    delivered =
        delivered.plus(
            answer == null
                ? UnsignedLong.valueOf(packet.minimum().min(UNSIGNED_MAXIMUM))
                : UnsignedLong.fromLongBits(answer.prepareAmount()));
    failingSince = null;
    pause = FIRST_PAUSE;
    rate.passed(packet.amount());
    payer.progressed();
  }

  private void refused(BigInteger amount, Answer.Rejected rejected) {
    if (isStopped) {
      return;
    }
    if (rejected.is(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE)) {
      rate.tooLarge(amount, rejected.data());
      return;
    }
    if (rejected.is(InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY)) {
      rate.tooMuchNow(amount);
    }
    boolean mayPass = rejected.mayPass() || rejected.isRead() || isReceiverAway(rejected);
    Instant now = around.clock().instant();
    Instant since = failingSince == null ? now : failingSince;
    failingSince = since;
    if (!mayPass || since.plus(config.patience()).isBefore(now)) {
      payer.failed(new PaymentException("pay: rejected with " + rejected.code().getCode()));
      return;
    }
    rest(rejected.code().getCode());
  }

  /**
   * A connector to which the receiver has yet to come back may say so with a code that is final:
   * npm ilp-connector was seen to with F02; npm ilp-packet makes F00 of any other error of a
   * plugin. What got through before may again.
   */
  private boolean isReceiverAway(Answer.Rejected rejected) {
    return (rejected.is(InterledgerErrorCode.F02_UNREACHABLE)
            || rejected.is(InterledgerErrorCode.F00_BAD_REQUEST))
        && !delivered.equals(UnsignedLong.ZERO);
  }

  private void rest(String code) {
    if (isPaused) {
      return;
    }
    isPaused = true;
    log.debug("packet rejected code={}, next in {}", code, pause);
    try {
      around.timer().schedule(() -> within(this::goOn), pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("no further packets: the timer is closed");
    }
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LAST_PAUSE) < 0 ? doubled : LAST_PAUSE;
  }

  private void goOn() {
    isPaused = false;
    send();
  }

  private void drain() {
    Runnable drained = onDrained;
    if (underway == 0 && drained != null) {
      onDrained = null;
      drained.run();
    }
  }

  private Amount toAmount(BigInteger units) {
    return new Amount(UnsignedLong.valueOf(units), around.uplink().asset());
  }

  private BigInteger deliveredUnits() {
    return delivered.bigIntegerValue();
  }

  private static BigInteger unsigned(long value) {
    return UnsignedLong.fromLongBits(value).bigIntegerValue();
  }

  private void within(Runnable step) {
    try {
      sequence.execute(step);
    } catch (RejectedExecutionException e) {
      log.debug("answer not taken: closing");
    }
  }

  /**
   * A packet with money on its way.
   *
   * @param amount what was sent
   * @param arriving what should arrive of it
   * @param minimum what has to
   */
  private record Packet(BigInteger amount, BigInteger arriving, BigInteger minimum) {}
}
