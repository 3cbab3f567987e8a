package org.codius.daemon.peers;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/**
 * Whom a host gossips with.
 *
 * @param self how this host calls itself
 * @param bootstrap whom it asks first
 * @param isAllowed whether it may connect to an address; asked about the very address it would
 *     connect to, whatever name led there
 * @param isPlainAllowed whether a peer may do without TLS
 */
public record PeersConfig(
    PeerUri self,
    List<PeerUri> bootstrap,
    Predicate<InetAddress> isAllowed,
    boolean isPlainAllowed) {

  public PeersConfig {
    bootstrap = List.copyOf(bootstrap);
  }

  boolean isWelcome(PeerUri peer) {
    return !peer.equals(self) && (peer.isTls() || isPlainAllowed);
  }
}
