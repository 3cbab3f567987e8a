package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.peers.Gossip;
import org.codius.daemon.peers.PeerUri;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.peers.PeersConfig;
import org.codius.hyper.network.PublicAddresses;

/** Opens what a host needs to know others. */
final class OpenPeers {

  private OpenPeers() {}

  static PeersConfig config(DaemonConfig config) {
    boolean isPrivateAllowed = config.peering().isPrivateAllowed();
    return new PeersConfig(
        new PeerUri(config.frontDoor().publicUri()),
        config.peering().bootstrap(),
        address -> isPrivateAllowed || PublicAddresses.contains(address),
        isPrivateAllowed);
  }

  /** Others refuse a host without TLS, and one with play money has nothing to offer them. */
  static boolean isGossiping(DaemonConfig config) {
    return !config.isLocal()
        && ("https".equals(config.frontDoor().publicUri().getScheme())
            || config.peering().isPrivateAllowed());
  }

  static Gossip gossip(Peers peers, PeersConfig config, EventLoopGroup loops, InstantSource clock) {
    try {
      return new Gossip(peers, config, loops, SslContextBuilder.forClient().build(), clock);
    } catch (SSLException e) {
      throw new StartException("TLS: " + e.getMessage(), "Is this JDK's trust store whole?", e);
    }
  }
}
