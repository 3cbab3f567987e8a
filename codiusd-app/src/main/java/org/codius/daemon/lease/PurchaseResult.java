package org.codius.daemon.lease;

import org.codius.payments.Amount;
import org.codius.payments.Invoice;

/** How an attempt to buy ended, unless it was refused ({@link RefusedException}). */
public sealed interface PurchaseResult {

  /**
   * Sold; or sold before, under the same token.
   *
   * @param owed what arrived under the token beyond the price: across an exchange rate a payer
   *     cannot always hit it
   */
  record Bought(Purchase purchase, Amount owed) implements PurchaseResult {}

  /**
   * Open a payment to the invoice, then ask again.
   *
   * @param owed what arrived earlier under the token, and counts
   */
  record PaymentRequired(Amount owed, Invoice invoice) implements PurchaseResult {}

  /**
   * The whole price did not arrive in time. What did is kept under the token and counts the next
   * time; the rest can be paid to the invoice.
   */
  record Underpaid(Amount received, Amount price, Invoice invoice) implements PurchaseResult {}
}
