/**
 * The Simple Payment Setup Protocol (SPSP, RFC 9) and payment pointers (RFC 26): an HTTPS address
 * that says where and with which secret to pay, both ends.
 *
 * <p>Start at {@link org.codius.payments.spsp.SpspClient} to pay and at {@link
 * org.codius.payments.spsp.SpspEndpoint} to be paid.
 */
@NullMarked
package org.codius.payments.spsp;

import org.jspecify.annotations.NullMarked;
