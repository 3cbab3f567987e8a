/**
 * The Bilateral Transfer Protocol 2.0 (RFC 23) over WebSocket, both ends.
 *
 * <p>Start at {@link org.codius.payments.btp.BtpUplink}.
 */
@NullMarked
package org.codius.payments.btp;

import org.jspecify.annotations.NullMarked;
