package org.codius.payments;

/** How waiting for a payment ended. */
public sealed interface PaymentResult {

  /**
   * The whole price is in the ledger.
   *
   * @param amount what the token is owed now: the price, or up to 1 % above it, as STREAM allows
   */
  record Paid(Amount amount) implements PaymentResult {}

  /**
   * Time ran out, or the payer left, first.
   *
   * @param received what the token is owed now, possibly zero; kept and counted next time
   */
  record Underpaid(Amount received) implements PaymentResult {}
}
