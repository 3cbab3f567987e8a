/**
 * A small Interledger connector: children over BTP, the daemon's own account, one class per rule.
 *
 * <p>Start at {@link org.codius.payments.connector.Connector}.
 */
@NullMarked
package org.codius.payments.connector;

import org.jspecify.annotations.NullMarked;
