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

  /**
   * The payer cannot reach the price, so it was asked for nothing.
   *
   * @param offered the most it would send, in our base units, beside what it sent before
   */
  record TooLow(Amount offered) implements PaymentResult {}

  /** The token is paying, or is owed money, for something else; it was asked for nothing. */
  record Mismatched() implements PaymentResult {}
}
