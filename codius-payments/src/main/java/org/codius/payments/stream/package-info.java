/**
 * STREAM (RFC 29), both ends: being paid and paying.
 *
 * <p>Start at {@link org.codius.payments.stream.StreamReceiver} and {@link
 * org.codius.payments.stream.StreamSender}. Below them, from the wire up: {@code Frame} and {@code
 * StreamPacket} with their {@code StreamCodec}, the encryption ({@code StreamKeys}), and the
 * connections.
 */
@NullMarked
package org.codius.payments.stream;

import org.jspecify.annotations.NullMarked;
