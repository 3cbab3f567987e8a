/**
 * The other hosts: who they are, and how one learns of them.
 *
 * <p>Start at {@link org.codius.daemon.peers.Peers}, what this host knows, and {@link
 * org.codius.daemon.peers.Gossip}, how it comes to know it.
 */
@NullMarked
package org.codius.daemon.peers;

import org.jspecify.annotations.NullMarked;
