package org.codius.payments;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.PaymentSender.Outlays;

/**
 * Pays back what a token is owed, to whoever an invoice names.
 *
 * <p>Each packet's money is on the books as leaving before it leaves. Broken off at any moment, a
 * refund can be started again: what may have arrived is not sent a second time, and stays on the
 * books as {@link Ledger.Debt#leaving} until somebody who knows says what became of it.
 *
 * <p>Safe for use by several threads.
 */
public final class Refund {

  /** Longer than any packet of ours lives. */
  private static final Duration LAST_ANSWER = Duration.ofSeconds(35);

  private final Ledger ledger;
  private final PayToken token;

  private Refund(Ledger ledger, PayToken token) {
    this.ledger = ledger;
    this.token = token;
  }

  /**
   * Pays all that is owed to {@code token}, or as much of it as the receiver takes in {@code
   * timeout}, and returns what arrived. The rest is owed again.
   *
   * <p>Fails with an {@link IllegalStateException} if nothing is owed, and with a {@link
   * PaymentException} if the receiver cannot be reached or the ledger failed.
   */
  public static CompletionStage<Amount> pay(
      Ledger ledger, PayToken token, PaymentSender sender, Invoice to, Duration timeout) {
    requireNonNull(ledger, "ledger");
    requireNonNull(token, "token");
    return new Refund(ledger, token).pay(sender, to, timeout);
  }

  private CompletionStage<Amount> pay(PaymentSender sender, Invoice to, Duration timeout) {
    return ledger
        .beginRefund(token)
        .thenCompose(
            amount -> {
              Count count = new Count(sender.asset());
              return sender
                  .pay(to, amount, timeout, count)
                  .handle((sent, failure) -> end(count, failure))
                  .thenCompose(ended -> ended);
            });
  }

  /** Ends it once nothing is under way any more, or will never be answered. */
  private CompletionStage<Amount> end(Count count, Throwable failure) {
    return count
        .answered()
        .thenCompose(answered -> ledger.endRefund(token))
        .thenApply(
            ended -> {
              if (failure != null) {
                throw failure instanceof CompletionException wrapped
                    ? wrapped
                    : new CompletionException(failure);
              }
              return count.paid();
            });
  }

  /** Takes the packets' money to the ledger, and counts it. Safe for use by several threads. */
  private final class Count implements Outlays {

    private final Asset asset;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();

    @GuardedBy("this")
    private UnsignedLong paid = UnsignedLong.ZERO;

    @GuardedBy("this")
    private int underway;

    @GuardedBy("this")
    private boolean isOver;

    private Count(Asset asset) {
      this.asset = asset;
    }

    @Override
    public CompletionStage<Void> leaving(Amount amount) {
      synchronized (this) {
        underway++;
      }
      return ledger
          .refundLeaving(token, amount)
          .whenComplete(
              (booked, failure) -> {
                if (failure != null) {
                  answer();
                }
              });
    }

    @Override
    public void paid(Amount amount) {
      synchronized (this) {
        paid = paid.plus(amount.baseUnits());
      }
      ledger.refundPaid(token, amount).whenComplete((booked, failure) -> answer());
    }

    @Override
    public void kept(Amount amount) {
      ledger.refundKept(token, amount).whenComplete((booked, failure) -> answer());
    }

    /** Stays on the books as leaving. */
    @Override
    public void lost(Amount amount) {
      answer();
    }

    synchronized Amount paid() {
      return new Amount(paid, asset);
    }

    /** Completes when every packet has been answered, or too much time is over. */
    synchronized CompletionStage<Void> answered() {
      isOver = true;
      if (underway == 0) {
        answered.complete(null);
      }
      return answered.completeOnTimeout(null, LAST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void answer() {
      underway--;
      if (isOver && underway == 0) {
        answered.complete(null);
      }
    }
  }
}
