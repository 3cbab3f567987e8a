package org.codius.payments;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Is paid over STREAM (RFC 29) for things a client names with a {@link PayToken}.
 *
 * <p>An invoice costs no state: token, item and price are sealed, encrypted, into the address it
 * names. The first packet to that address brings them back. Safe for use by several threads.
 */
public interface PaymentReceiver extends AutoCloseable {

  /** Returns the asset everything here is counted in. */
  Asset asset();

  /**
   * Returns where to pay {@code price} for {@code item}.
   *
   * @param item what is sold, in whatever words; a payment can later be asked whether it is for it
   * @param price the largest amount there is for whatever the payer likes
   */
  Invoice invoice(PayToken token, String item, Amount price);

  /**
   * Returns how the payment for {@code item} stands under {@code token}: whether somebody is ready
   * to pay or has paid, also before a restart, or where to pay. Takes nothing, and keeps nothing.
   * Blocks on the ledger.
   *
   * @param price what the item costs now
   */
  PaymentState look(PayToken token, String item, Amount price);

  /**
   * Takes the payment for {@code item}, if somebody is ready to pay it: lets the client pay until
   * the ledger owes its token the price.
   *
   * <p>Asked again it takes nothing more, and returns the same; also after a restart, and then
   * without the client. That goes on until {@link Ledger#settle} turns what is owed into income: do
   * that once the item is delivered.
   */
  CompletionStage<PaymentResult> receive(
      PayToken token, String item, Amount price, Duration timeout);

  /** Returns the payment a client holds open under {@code token}, or empty if there is none. */
  Optional<IncomingPayment> find(PayToken token);

  /**
   * Sets who is told of each payment that becomes ready: the moment from which {@link #find} has
   * it. Until then nobody is. It is called on a worker, and must not block.
   */
  void onReady(Consumer<IncomingPayment> listener);

  @Override
  void close();

  /** A STREAM connection that is ready to pay, and pays nothing until it is asked to. */
  interface IncomingPayment {

    PayToken token();

    /** Returns whether the invoice it answers was issued for {@code item}. */
    boolean isFor(String item);

    /** Returns the price its invoice named. */
    Amount price();

    /**
     * Returns the most the payer would send beside what it has sent, as far as it lets that be
     * seen: until it does, the largest amount there is.
     */
    Amount offered();

    /**
     * Lets the client pay until the ledger owes its token {@link #price()} in all, counting what
     * earlier connections brought.
     *
     * <p>Completes with {@link PaymentResult.Paid} once that much is in the ledger, with {@link
     * PaymentResult.Underpaid} after {@code timeout}, or as soon as the connection is gone. The
     * limit is closed again in either case. Asked again while it waits, it returns the same result.
     */
    CompletionStage<PaymentResult> receive(Duration timeout);

    /** Returns the bytes that go with the payment, after the first one, {@code ff}, of ours. */
    PaymentData data();

    /** Ends the connection. Money that arrived stays in the ledger, owed to the token. */
    void close();
  }
}
