package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codius.payments.PaymentException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what arrives at the receiver of what we send, with packets that cannot be fulfilled.
 *
 * <p>Five at once, of very different amounts; the answer with most digits is the rate. Where
 * packets were too large, or too much just now, it goes on with others. Confined to the
 * connection's sequence.
 */
final class RateProbe {

  private static final Logger log = LoggerFactory.getLogger(RateProbe.class);

  private static final List<Long> FIRST_AMOUNTS =
      List.of(1L, 1_000L, 1_000_000L, 1_000_000_000L, 1_000_000_000_000L);

  /** A rate of fewer digits is no rate. */
  private static final int LEAST_DIGITS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(2);

  private final StreamLink link;
  private final InterledgerAddress destination;
  private final List<Frame> greeting;
  private final Executor sequence;
  private final Surroundings around;
  private final BigDecimal slippage;
  private final Consumer<List<Frame>> onFrames;
  private final CompletableFuture<PathRate> rate = new CompletableFuture<>();
  private final Instant deadline;

  private Duration pause = FIRST_PAUSE;
  private BigInteger maximum = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private BigInteger bestSent = BigInteger.ZERO;
  private BigInteger bestDelivered = BigInteger.ZERO;
  private Set<BigInteger> next = new LinkedHashSet<>(); // amounts for the next round
  private int underway;
  private int rounds;
  private boolean isLimited; // the path said how large packets may be
  private boolean isBlocked; // something in this round may work later
  private String lastCode = "";

  /**
   * Prepares a probe.
   *
   * @param greeting frames for every packet: who we are
   * @param slippage how much worse the rate may become, as a part of it
   * @param onFrames gets what the receiver says in its answers
   */
  RateProbe(
      StreamLink link,
      InterledgerAddress destination,
      List<Frame> greeting,
      Surroundings around,
      Executor sequence,
      BigDecimal slippage,
      Consumer<List<Frame>> onFrames) {
    this.link = link;
    this.destination = destination;
    this.greeting = greeting;
    this.sequence = sequence;
    this.around = around;
    this.slippage = slippage;
    this.onFrames = onFrames;
    deadline = around.clock().instant().plus(PATIENCE);
  }

  /** Starts; completes within the sequence. */
  CompletableFuture<PathRate> run() {
    volley(FIRST_AMOUNTS.stream().map(BigInteger::valueOf).toList());
    return rate;
  }

  /** Ends it, if it is not over. */
  void cancel(PaymentException why) {
    rate.completeExceptionally(why);
  }

  private void volley(List<BigInteger> amounts) {
    next = new LinkedHashSet<>();
    isBlocked = false;
    rounds++;
    underway = amounts.size();
    for (BigInteger amount : amounts) {
      link.probe(destination, UnsignedLong.valueOf(amount), greeting)
          .whenComplete((answer, failure) -> sequence.execute(() -> answered(amount, answer)));
    }
  }

  private void answered(BigInteger amount, Answer answer) {
    if (rate.isDone()) {
      return;
    }
    onFrames.accept(answer.frames());
    if (answer instanceof Answer.Rejected rejected) {
      read(amount, rejected);
    }
    underway--;
    if (underway == 0) {
      conclude();
    }
  }

  private void read(BigInteger amount, Answer.Rejected rejected) {
    lastCode = rejected.code().getCode();
    @Nullable StreamPacket packet = rejected.packet();
    if (packet != null) {
      BigInteger delivered = UnsignedLong.fromLongBits(packet.prepareAmount()).bigIntegerValue();
      if (delivered.compareTo(bestDelivered) > 0) {
        bestSent = amount;
        bestDelivered = delivered;
      }
    } else if (rejected.is(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE)) {
      BigInteger largest = PathRate.largestFrom(amount, rejected.data());
      maximum = maximum.min(largest);
      next.add(largest);
      isLimited = true;
    } else if (rejected.mayPass()) {
      isBlocked = true;
      next.add(amount);
      next.add(amount.subtract(amount.divide(BigInteger.valueOf(3))));
    }
  }

  private void conclude() {
    boolean isGoodEnough = bestDelivered.toString().length() >= LEAST_DIGITS;
    boolean knowsBetter = isLimited && rounds == 1; // the largest packet gives the best rate
    if (isGoodEnough && !knowsBetter) {
      rate.complete(
          new PathRate(
              UnsignedLong.valueOf(bestSent),
              UnsignedLong.valueOf(bestDelivered),
              UnsignedLong.valueOf(maximum),
              slippage));
      return;
    }
    List<BigInteger> amounts =
        next.stream()
            .filter(amount -> amount.signum() > 0 && amount.compareTo(maximum) <= 0)
            .sorted()
            .limit(FIRST_AMOUNTS.size())
            .toList();
    if (amounts.isEmpty()) {
      fail("no packet arrived (" + lastCode + ")");
    } else if (!around.clock().instant().isBefore(deadline)) {
      fail("no packet arrived in " + PATIENCE.toSeconds() + " s (" + lastCode + ")");
    } else if (isBlocked) {
      log.debug("probe again in {} after {}", pause, lastCode);
      around
          .timer()
          .schedule(
              () -> sequence.execute(() -> volley(amounts)),
              pause.toMillis(),
              TimeUnit.MILLISECONDS);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LAST_PAUSE) < 0 ? doubled : LAST_PAUSE;
    } else {
      volley(amounts);
    }
  }

  private void fail(String why) {
    rate.completeExceptionally(
        new PaymentException("open a STREAM to " + destination.getValue() + ": " + why));
  }
}
