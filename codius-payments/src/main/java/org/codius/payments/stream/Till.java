package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentResult;
import org.codius.payments.stream.InvoiceSeal.Terms;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a stream's money to the ledger, and tells who waits for it when it is enough.
 *
 * <p>Confined to the connection's sequence, in which it reads the ledger; what it books there goes
 * on beside the sequence. Only {@link #isWaiting} and {@link #offered} are for every thread.
 */
final class Till {

  private static final Logger log = LoggerFactory.getLogger(Till.class);

  private final Ledger ledger;
  private final String connection;
  private final Terms terms;
  private final Amount price;
  private final MoneyGate gate;
  private final Executor sequence;
  private final ScheduledExecutorService timer;
  private final Purse purse = new Purse(ReceiverRules.STREAM);

  private volatile Amount offered;
  private volatile @Nullable CompletableFuture<PaymentResult> waiting;
  private @Nullable Future<?> timeout;
  private @Nullable Amount paid; // the price is there, and nobody has been told yet
  private int bookings; // under way
  private boolean isGivingUp; // once they are not

  /**
   * Opens it.
   *
   * @param connection names the connection as no other, so that its packets' numbers are unique
   */
  Till(
      Ledger ledger,
      String connection,
      Terms terms,
      Amount price,
      MoneyGate gate,
      Executor sequence,
      ScheduledExecutorService timer) {
    this.ledger = ledger;
    this.connection = connection;
    this.terms = terms;
    this.price = price;
    this.gate = gate;
    this.sequence = sequence;
    this.timer = timer;
    offered = new Amount(UnsignedLong.MAX_VALUE, price.asset());
  }

  boolean isWaiting() {
    return waiting != null;
  }

  /** Returns the most the payer would send, as far as can be seen. */
  Amount offered() {
    return offered;
  }

  /**
   * Opens the gate for what is missing to the price, until it is there or {@code patience} is over;
   * not at all for a payer who cannot pay that much.
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
      Amount owed = ledger.owed(terms.token());
      if (covers(owed)) {
        result.complete(new PaymentResult.Paid(owed));
        return false;
      }
      BigInteger missing = units(price).subtract(units(owed));
      if (isShort(missing)) {
        result.complete(new PaymentResult.TooLow(offered));
        return false;
      }
      timeout = timer.schedule(() -> expire(result), patience.toMillis(), TimeUnit.MILLISECONDS);
      gate.open(missing);
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
      Amount owed = ledger.owed(terms.token());
      result.complete(
          covers(owed) ? new PaymentResult.Paid(owed) : new PaymentResult.Underpaid(owed));
    } catch (RuntimeException e) {
      result.completeExceptionally(new PaymentException("receive payment: ledger failed", e));
    }
  }

  /** Takes what a packet says of what its payer has, and sends home who turns out to be short. */
  void hear(UnsignedLong arrived, StreamPacket packet) {
    purse.look(arrived.bigIntegerValue(), packet);
    offered = new Amount(UnsignedLong.valueOf(purse.offered()), price.asset());
    CompletableFuture<PaymentResult> result = waiting;
    if (result != null && gate.isUntouched() && isShort(gate.room())) {
      gate.close();
      stop();
      result.complete(new PaymentResult.TooLow(offered));
    }
  }

  boolean admits(UnsignedLong amount, BigInteger shares) {
    return gate.admits(amount.bigIntegerValue(), shares);
  }

  /**
   * Puts an amount on the books, of the packet with that number. Completes, within the sequence,
   * when it is there for good; if it fails it is not there.
   */
  CompletionStage<Ledger.Receipt> book(UnsignedLong units, long number) {
    BigInteger amount = units.bigIntegerValue();
    gate.reserve(amount);
    bookings++;
    return ledger
        .receive(
            terms.token(),
            terms.item(),
            connection + HexFormat.of().toHexDigits(number),
            new Amount(units, price.asset()))
        .handleAsync(
            (receipt, failure) -> {
              bookings--;
              if (receipt == null) {
                gate.release(amount);
                throw new CompletionException(failure);
              }
              credit(amount, receipt);
              return receipt;
            },
            sequence);
  }

  private void credit(BigInteger amount, Ledger.Receipt receipt) {
    gate.credit(amount);
    if (covers(receipt.owed())) {
      gate.close();
      paid = receipt.owed();
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
    } else if (isGivingUp) {
      giveUp();
    }
  }

  /** Stops waiting, for more than is on its way to the books: time is up, or the payer has left. */
  void giveUp() {
    CompletableFuture<PaymentResult> result = waiting;
    if (result == null) {
      return;
    }
    gate.close();
    isGivingUp = bookings > 0;
    if (!isGivingUp) {
      log.debug("payment not complete token={}", terms.token());
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
    isGivingUp = false;
    Future<?> scheduled = timeout;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  /** Nobody is short of whatever they like to pay. */
  private boolean isShort(BigInteger missing) {
    return !price.baseUnits().equals(UnsignedLong.MAX_VALUE) && !purse.mayHold(missing);
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
