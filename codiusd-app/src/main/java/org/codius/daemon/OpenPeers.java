package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.peers.Gossip;
import org.codius.daemon.peers.PeerMemory;
import org.codius.daemon.peers.PeerUri;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.peers.PeersConfig;
import org.codius.hyper.network.PublicAddresses;

/** Opens what a host needs to know others. */
final class OpenPeers {

  private static final Duration GOSSIP_INTERVAL = Duration.ofSeconds(5);
  private static final Duration KEEP_INTERVAL = Duration.ofMinutes(10);

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

  /** Begins to gossip, with those first that the last run knew. */
  static void begin(Gossip gossip, PeerMemory memory, Chores chores) {
    memory.recall();
    chores.nowAndEvery(GOSSIP_INTERVAL, "gossip", gossip::tick);
    chores.every(KEEP_INTERVAL, "keep peers", memory::keep);
  }
}
