package org.codius.payments.btp;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the failed authentications of each address, to keep out those that try for ever: the
 * original's plugin reconnects at once after a refusal.
 *
 * <p>Safe for use by several threads.
 */
public final class FailedLogins {

  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MAXIMUM_ADDRESSES = 10_000;

  private final int maximum;
  private final InstantSource clock;

  @GuardedBy("this")
  private final Map<InetAddress, Count> counts =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Count> eldest) {
          return size() > MAXIMUM_ADDRESSES;
        }
      };

  /** Keeps an address out after {@code maximum} failures within a minute, for its rest. */
  public FailedLogins(int maximum, InstantSource clock) {
    this.maximum = maximum;
    this.clock = clock;
  }

  public synchronized void add(SocketAddress peer) {
    InetAddress address = addressOf(peer);
    if (address == null) {
      return;
    }
    Count count = counts.get(address);
    if (count == null || count.isOver(clock.instant())) {
      counts.remove(address); // so that it is the youngest again
      counts.put(address, new Count(1, clock.instant()));
    } else {
      counts.put(address, new Count(count.failures() + 1, count.since()));
    }
  }

  public synchronized boolean isBlocked(SocketAddress peer) {
    InetAddress address = addressOf(peer);
    Count count = address == null ? null : counts.get(address);
    return count != null && count.failures() >= maximum && !count.isOver(clock.instant());
  }

  /** Returns null for a loopback address: everybody on this machine shares it. */
  private static @Nullable InetAddress addressOf(SocketAddress peer) {
    if (peer instanceof InetSocketAddress socket && !socket.getAddress().isLoopbackAddress()) {
      return socket.getAddress();
    }
    return null;
  }

  private record Count(int failures, Instant since) {

    boolean isOver(Instant now) {
      return !now.isBefore(since.plus(WINDOW));
    }
  }
}
