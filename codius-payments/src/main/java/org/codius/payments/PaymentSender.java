package org.codius.payments;

import java.util.concurrent.CompletionStage;

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
  CompletionStage<OutgoingPayment> open(Invoice invoice, Amount maximum);

  @Override
  void close();

  /** A payment under way. */
  interface OutgoingPayment extends AutoCloseable {

    /**
     * Completes when the receiver has written to the stream: the sign, in the Pay-Token protocol,
     * that it is ready for the request to come again.
     */
    CompletionStage<Void> ready();

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
