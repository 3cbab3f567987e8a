/**
 * Receipts: what a host signs for a purchase, and how anyone checks it without asking the host.
 *
 * <p>Start at {@link org.codius.daemon.receipt.SignedReceipt}; {@code docs/http-api.md} has the
 * format.
 */
@NullMarked
package org.codius.daemon.receipt;

import org.jspecify.annotations.NullMarked;
