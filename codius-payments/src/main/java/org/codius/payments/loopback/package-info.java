/**
 * Uplinks within one process.
 *
 * <p>Start at {@link org.codius.payments.loopback.LoopbackUplink}.
 */
@NullMarked
package org.codius.payments.loopback;

import org.jspecify.annotations.NullMarked;
