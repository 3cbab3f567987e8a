/**
 * For tests of what embeds this library: a network that loses, copies and delays packets, in
 * virtual time, the same way for the same seed.
 *
 * <p>Start at {@link org.codius.payments.testing.SimulatedNetwork}.
 */
@NullMarked
package org.codius.payments.testing;

import org.jspecify.annotations.NullMarked;
