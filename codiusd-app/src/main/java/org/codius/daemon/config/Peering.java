package org.codius.daemon.config;

import java.util.List;
import org.codius.daemon.peers.PeerUri;

/**
 * Which other hosts this one gossips with.
 *
 * @param bootstrap whom it asks first
 * @param isPrivateAllowed whether it also talks to hosts on private addresses, and without TLS
 */
public record Peering(List<PeerUri> bootstrap, boolean isPrivateAllowed) {

  public Peering {
    bootstrap = List.copyOf(bootstrap);
  }

  static Peering from(Settings settings) {
    return new Peering(
        settings.peers("CODIUS_BOOTSTRAP_PEERS"), settings.flag("CODIUS_PRIVATE_PEERS"));
  }
}
