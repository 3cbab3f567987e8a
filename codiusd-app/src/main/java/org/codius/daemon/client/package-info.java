/**
 * Our own buyer: asks a host for its price, uploads a pod by paying, extends it, reads its log.
 *
 * <p>Start at {@link org.codius.daemon.client.PodBuyer}.
 */
@NullMarked
package org.codius.daemon.client;

import org.jspecify.annotations.NullMarked;
