package org.codius.payments;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Pays invoices over STREAM (RFC 29). Safe for use by several threads. */
public interface PaymentSender extends AutoCloseable {

  /** Returns the asset amounts are sent in. */
  Asset asset();

  /**
   * Opens a STREAM connection to the invoice's destination, with one stream that may send up to
   * {@code maximum} of our base units as the receiver asks for it.
   *
   * <p>Fails with a {@link PaymentException} if the destination cannot be reached.
   */
  default CompletionStage<OutgoingPayment> open(Invoice invoice, Amount maximum) {
    return open(invoice, maximum, Outlays.NONE);
  }

  /** Does the same, and tells {@code outlays} of the money in each packet. */
  CompletionStage<OutgoingPayment> open(Invoice invoice, Amount maximum, Outlays outlays);

  /**
   * Sends {@code amount} of our base units, or as much of it as the receiver takes, and ends the
   * connection.
   *
   * <p>Completes once all of it is there, the receiver has ended the connection, or {@code timeout}
   * is over: compare {@link Sent#sent()} with {@code amount}. Fails with a {@link PaymentException}
   * if the destination cannot be reached; nothing was sent then.
   */
  default CompletionStage<Sent> pay(Invoice invoice, Amount amount, Duration timeout) {
    return pay(invoice, amount, timeout, Outlays.NONE);
  }

  /** Does the same, and tells {@code outlays} of the money in each packet. */
  default CompletionStage<Sent> pay(
      Invoice invoice, Amount amount, Duration timeout, Outlays outlays) {
    return open(invoice, amount, outlays)
        .thenCompose(
            payment -> {
              CompletableFuture<Boolean> done = new CompletableFuture<>();
              payment.onProgress(
                  now -> {
                    if (now.sent().baseUnits().compareTo(amount.baseUnits()) >= 0) {
                      done.complete(true);
                    }
                  });
              payment.ended().whenComplete((ended, failure) -> done.complete(true));
              return done.completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS)
                  .thenCompose(
                      now -> {
                        payment.close();
                        return payment.ended();
                      })
                  .thenApply(ended -> new Sent(payment.sent(), payment.delivered()));
            });
  }

  @Override
  void close();

  /**
   * What went through, according to the receiver.
   *
   * @param sent in our base units
   * @param delivered in the receiver's
   */
  record Sent(Amount sent, Amount delivered) {}

  /**
   * Keeps account of the money in a payment's packets. Amounts are in our base units. Called within
   * the payment: does not block.
   */
  interface Outlays {

    /** Keeps none. */
    Outlays NONE = new NoOutlays();

    /**
     * Learns that {@code amount} is about to leave. It leaves once the stage completes; if it fails
     * it does not, and the payment ends.
     */
    CompletionStage<Void> leaving(Amount amount);

    /** Learns that {@code amount} is the receiver's. */
    void paid(Amount amount);

    /** Learns that {@code amount} is surely not the receiver's. */
    void kept(Amount amount);

    /**
     * Learns that nobody knows whose {@code amount} is: the connection broke, or there was no
     * answer in time.
     */
    void lost(Amount amount);
  }

  /** A payment under way. */
  interface OutgoingPayment extends AutoCloseable {

    /**
     * Completes when the receiver has written to the stream: the sign, in the Pay-Token protocol,
     * that it is ready for the request to come again.
     */
    CompletionStage<Void> ready();

    /** Returns the bytes that go with the payment. */
    PaymentData data();

    /**
     * Sets who is told each time {@link #sent()} and {@link #delivered()} have grown, and tells it
     * how things are now. It must not block.
     */
    void onProgress(Consumer<OutgoingPayment> listener);

    /** Returns what the receiver has acknowledged so far, in our base units. */
    Amount sent();

    /** Returns what the receiver has acknowledged so far, in its base units. */
    Amount delivered();

    /** Completes once the connection has ended, whoever ended it. */
    CompletionStage<Void> ended();

    /** Ends stream and connection. */
    @Override
    void close();
  }
}
