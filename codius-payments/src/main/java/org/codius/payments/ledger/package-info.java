/**
 * Books in an SQL database.
 *
 * <p>Start at {@link org.codius.payments.ledger.SqlLedger}.
 */
@NullMarked
package org.codius.payments.ledger;

import org.jspecify.annotations.NullMarked;
