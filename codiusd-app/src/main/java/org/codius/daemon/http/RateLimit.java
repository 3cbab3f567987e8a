package org.codius.daemon.http;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many requests one address may make: so many a minute, and that many at once after a rest.
 *
 * <p>The generic cell rate algorithm (ITU-T I.371): per address the time at which all it has asked
 * for would have been due. An IPv6 /64 counts as one address. Addresses heard of longest ago are
 * forgotten first, when there are too many. Safe for use by several threads.
 */
final class RateLimit {

  /** About 10 MB. */
  private static final int ADDRESSES = 100_000;

  private static final int NETWORK_BYTES = 8;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final long interval;
  private final LongSupplier nanoTime;
  private final Cache<InetAddress, AtomicLong> due =
      CacheBuilder.newBuilder().maximumSize(ADDRESSES).expireAfterAccess(WINDOW).build();

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  RateLimit(int requestsPerMinute, LongSupplier nanoTime) {
    this.interval = WINDOW.toNanos() / requestsPerMinute;
    this.nanoTime = nanoTime;
  }

  /** Counts a request of {@code address}; returns how long it has to wait, zero if it has not. */
  Duration take(InetAddress address) {
    AtomicLong mine =
        due.asMap()
            .computeIfAbsent(networkOf(address), first -> new AtomicLong(nanoTime.getAsLong()));
    while (true) {
      long now = nanoTime.getAsLong();
      long before = mine.get();
      long start = before - now < 0 ? now : before;
      long excess = start + interval - now - WINDOW.toNanos();
      if (excess > 0) {
        return Duration.ofNanos(excess);
      }
      if (mine.compareAndSet(before, start + interval)) {
        return Duration.ZERO;
      }
    }
  }

  /** Returns of how many addresses something is remembered. */
  long size() {
    return due.size();
  }

  private static InetAddress networkOf(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // sixteen bytes are an address
    }
  }
}
