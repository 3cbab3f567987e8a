/**
 * What it costs: being paid, and paying, over Interledger.
 *
 * <p>Start at {@link org.codius.payments.PaymentReceiver} to be paid and at {@link
 * org.codius.payments.PaymentSender} to pay.
 */
@NullMarked
package org.codius.payments;

import org.jspecify.annotations.NullMarked;
