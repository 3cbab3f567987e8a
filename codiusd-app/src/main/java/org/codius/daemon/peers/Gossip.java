package org.codius.daemon.peers;

import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns of other hosts, and tells them of this one, as the original does.
 *
 * <p>A round asks a few known hosts whom they know ({@code POST /peers/discover}, which names this
 * host), and has a few of the unknown answer for themselves ({@code GET /info}, whose {@code uri}
 * must be the name they go by).
 */
public final class Gossip implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Gossip.class);

  /** How many hosts a round asks, and how many it checks. */
  private static final int AT_ONCE = 5;

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Peers peers;
  private final PeerClient client;
  private final InstantSource clock;

  private CompletableFuture<Void> round = CompletableFuture.completedFuture(null);

  /**
   * @param tls what a peer's certificate is checked with
   */
  public Gossip(
      Peers peers, PeersConfig config, EventLoopGroup loops, SslContext tls, InstantSource clock) {
    this.peers = peers;
    this.client = new PeerClient(config, loops, tls, TIMEOUT);
    this.clock = clock;
  }

  /**
   * Begins a round, unless one is under way; to be called every 5 s, by one thread. Does not block:
   * the result completes when the round is over, whatever came of it.
   */
  public CompletionStage<Void> tick() {
    if (round.isDone()) {
      List<PeerUri> asked = peers.sample(AT_ONCE);
      List<PeerUri> unchecked = peers.unchecked(AT_ONCE, clock.instant());
      round =
          CompletableFuture.allOf(
              Stream.concat(asked.stream().map(this::ask), unchecked.stream().map(this::check))
                  .map(CompletionStage::toCompletableFuture)
                  .toArray(CompletableFuture<?>[]::new));
    }
    return round;
  }

  private CompletionStage<Void> ask(PeerUri peer) {
    return client
        .discover(peer)
        .thenAccept(peers::hear)
        .exceptionally(
            failure -> {
              log.debug("peer does not gossip peer={} reason={}", peer, failure.toString());
              peers.doubt(peer);
              return null;
            });
  }

  private CompletionStage<Void> check(PeerUri peer) {
    return client
        .answersForItself(peer)
        .thenAccept(
            isItself -> {
              if (isItself) {
                peers.confirm(peer, clock.instant());
              } else {
                log.debug("peer goes by another name peer={}", peer);
                peers.forget(peer);
              }
            })
        .exceptionally(
            failure -> {
              log.debug("peer does not answer peer={} reason={}", peer, failure.toString());
              peers.forget(peer);
              return null;
            });
  }

  @Override
  public void close() {
    client.close();
  }
}
