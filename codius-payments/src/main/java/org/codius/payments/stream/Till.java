package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a stream's money to the ledger, and tells who waits for it when it is enough.
 *
 * <p>Confined to the connection's sequence, in which it blocks on the ledger. Only {@link
 * #isWaiting} is for every thread.
 */
final class Till {

  private static final Logger log = LoggerFactory.getLogger(Till.class);

  private final Ledger ledger;
  private final PayToken token;
  private final Amount price;
  private final MoneyGate gate;
  private final Executor sequence;
  private final ScheduledExecutorService timer;

  private volatile @Nullable CompletableFuture<PaymentResult> waiting;
  private @Nullable Future<?> timeout;
  private @Nullable Amount paid; // the price is there, and nobody has been told yet

  Till(
      Ledger ledger,
      PayToken token,
      Amount price,
      MoneyGate gate,
      Executor sequence,
      ScheduledExecutorService timer) {
    this.ledger = ledger;
    this.token = token;
    this.price = price;
    this.gate = gate;
    this.sequence = sequence;
    this.timer = timer;
  }

  boolean isWaiting() {
    return waiting != null;
  }

  /**
   * Opens the gate for what is missing to the price, until it is there or {@code patience} is over.
   *
   * @return whether the gate is open now
   */
  boolean collect(Duration patience, CompletableFuture<PaymentResult> result) {
    CompletableFuture<PaymentResult> earlier = waiting;
    if (earlier != null && !earlier.isDone()) {
      follow(earlier, result);
      return false;
    }
    try {
      Amount owed = ledger.owed(token);
      if (covers(owed)) {
        result.complete(new PaymentResult.Paid(owed));
        return false;
      }
      timeout = timer.schedule(() -> expire(result), patience.toMillis(), TimeUnit.MILLISECONDS);
      gate.open(units(price).subtract(units(owed)));
      waiting = result;
      return true;
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new PaymentException("receive payment: closing", e));
    } catch (RuntimeException e) {
      result.completeExceptionally(new PaymentException("receive payment: ledger failed", e));
    }
    return false;
  }

  /** Answers, without waiting, what there is. For a payer that has left. */
  void report(CompletableFuture<PaymentResult> result) {
    try {
      Amount owed = ledger.owed(token);
      result.complete(
          covers(owed) ? new PaymentResult.Paid(owed) : new PaymentResult.Underpaid(owed));
    } catch (RuntimeException e) {
      result.completeExceptionally(new PaymentException("receive payment: ledger failed", e));
    }
  }

  boolean admits(UnsignedLong amount, BigInteger shares) {
    return gate.admits(amount.bigIntegerValue(), shares);
  }

  /** Puts a packet's amount on the books. Whatever is thrown, it is not there. */
  void book(UnsignedLong amount) {
    Amount owed = ledger.receive(token, new Amount(amount, price.asset()));
    gate.credit(amount.bigIntegerValue());
    if (covers(owed)) {
      gate.close();
      paid = owed;
    }
  }

  /** Tells who waits that the price is there, if it is. To be called once the payer knows it. */
  void settle() {
    Amount owed = paid;
    CompletableFuture<PaymentResult> result = waiting;
    if (owed != null && result != null) {
      paid = null;
      stop();
      result.complete(new PaymentResult.Paid(owed));
    }
  }

  /** Stops waiting: time is up, or the payer has left. */
  void giveUp() {
    CompletableFuture<PaymentResult> result = waiting;
    if (result != null) {
      log.debug("payment not complete token={}", token);
      gate.close();
      stop();
      report(result);
    }
  }

  private void expire(CompletableFuture<PaymentResult> result) {
    try {
      sequence.execute(this::giveUp);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new PaymentException("receive payment: too busy", e));
    }
  }

  private void stop() {
    waiting = null;
    Future<?> scheduled = timeout;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  private boolean covers(Amount owed) {
    return owed.baseUnits().compareTo(price.baseUnits()) >= 0;
  }

  private static BigInteger units(Amount amount) {
    return amount.baseUnits().bigIntegerValue();
  }

  private static void follow(
      CompletableFuture<PaymentResult> leader, CompletableFuture<PaymentResult> follower) {
    leader.whenComplete(
        (result, failure) -> {
          if (failure != null) {
            follower.completeExceptionally(failure);
          } else {
            follower.complete(result);
          }
        });
  }
}
