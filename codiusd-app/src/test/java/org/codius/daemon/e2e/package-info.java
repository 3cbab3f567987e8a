/**
 * The whole of it, from outside: the daemon as its own process, real containers, and the clients
 * that exist.
 *
 * <p>These tests need root, what {@code bin/verify} installs, and nothing else. Start at {@link
 * org.codius.daemon.e2e.HostProcess}.
 */
@NullMarked
package org.codius.daemon.e2e;

import org.jspecify.annotations.NullMarked;
