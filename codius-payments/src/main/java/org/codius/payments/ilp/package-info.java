/**
 * Interledger on the wire: packets (RFC 27), their encoding (RFC 30) and IL-DCP (RFC 31).
 *
 * <p>Start at {@link org.codius.payments.ilp.IlpCodec}.
 */
@NullMarked
package org.codius.payments.ilp;

import org.jspecify.annotations.NullMarked;
