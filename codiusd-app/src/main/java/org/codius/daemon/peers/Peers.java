package org.codius.daemon.peers;

import com.google.common.collect.Iterables;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The hosts this one knows, and those it has only heard of.
 *
 * <p>A host is known once it has answered for itself, which is asked again every day; only known
 * ones are passed on. Both sets are bounded, and what does not fit is forgotten. Safe for use by
 * several threads.
 */
public final class Peers {

  /** The most that are known, and the most one can ask for. */
  public static final int MAXIMUM = 1000;

  /** How many of one message are listened to: a liar must not fill the set at once. */
  private static final int HEARD_AT_ONCE = 100;

  private static final Duration FRESH = Duration.ofDays(1);

  private final PeersConfig config;
  private final Random random;

  /** By when each must answer for itself again. */
  @GuardedBy("this")
  private final Map<PeerUri, Instant> known = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Set<PeerUri> heard = new LinkedHashSet<>();

  public Peers(PeersConfig config, Random random) {
    this.config = config;
    this.random = random;
    hear(config.bootstrap());
  }

  /** Takes note of hosts that somebody speaks of. */
  public synchronized void hear(Collection<PeerUri> peers) {
    for (PeerUri peer : Iterables.limit(peers, HEARD_AT_ONCE)) {
      if (heard.size() < MAXIMUM && !known.containsKey(peer) && config.isWelcome(peer)) {
        heard.add(peer);
      }
    }
  }

  /** Returns up to {@code limit} known hosts, chosen at random. */
  public synchronized List<PeerUri> sample(int limit) {
    List<PeerUri> all = new ArrayList<>(known.keySet());
    Collections.shuffle(all, random);
    return List.copyOf(all.subList(0, Math.min(limit, all.size())));
  }

  /** Returns how many hosts are known. */
  public synchronized int count() {
    return known.size();
  }

  /** Returns up to {@code limit} hosts that have to answer for themselves now. */
  synchronized List<PeerUri> unchecked(int limit, Instant now) {
    List<PeerUri> due = new ArrayList<>();
    for (Map.Entry<PeerUri, Instant> entry : known.entrySet()) {
      if (due.size() < limit && !entry.getValue().isAfter(now)) {
        due.add(entry.getKey());
      }
    }
    heard.stream().limit(limit - due.size()).forEach(due::add);
    return due;
  }

  /** Knows {@code peer} from now on: it has answered for itself. */
  synchronized void confirm(PeerUri peer, Instant now) {
    heard.remove(peer);
    if (known.size() < MAXIMUM || known.containsKey(peer)) {
      known.put(peer, now.plus(FRESH));
    }
  }

  /** Has {@code peer} answer for itself soon: it failed to gossip. */
  synchronized void doubt(PeerUri peer) {
    known.computeIfPresent(peer, (same, until) -> Instant.EPOCH);
  }

  /** Knows {@code peer} no longer: it did not answer for itself. */
  synchronized void forget(PeerUri peer) {
    heard.remove(peer);
    known.remove(peer);
  }
}
