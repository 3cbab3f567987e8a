package org.codius.payments;

/** How the payment for an item stands. */
public sealed interface PaymentState {

  /**
   * Somebody is ready to pay, or has paid.
   *
   * @param price what the invoice that was answered named; what is asked now, if it was paid before
   */
  record Ready(Amount price) implements PaymentState {}

  /**
   * Nobody pays yet.
   *
   * @param owed what arrived earlier under this token, and counts
   * @param invoice where to pay
   */
  record Missing(Amount owed, Invoice invoice) implements PaymentState {}

  /**
   * Somebody is ready to pay, but not that much.
   *
   * @param offered the most they would send, in our base units
   * @param price what the invoice named
   */
  record TooLow(Amount offered, Amount price) implements PaymentState {}

  /** The token is paying, or is owed money, for something else. */
  record Mismatched() implements PaymentState {}
}
