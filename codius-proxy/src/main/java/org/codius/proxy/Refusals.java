package org.codius.proxy;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused, and logs it at most once a second, however much it is.
 *
 * <p>Safe for use by several threads.
 */
final class Refusals {

  /** A client closed as it came because there are too many. */
  static final String CONNECTIONS = "TOO_MANY_CONNECTIONS";

  /** The same, because there are too many of its address. */
  static final String CONNECTIONS_OF_ADDRESS = "TOO_MANY_CONNECTIONS_OF_ADDRESS";

  /** A client cut off because it did not take its answer. */
  static final String SLOW_READER = "SLOW_READER";

  /** An HTTP/2 request that was reset since it was none (RFC 9113 §8.1.1). */
  static final String MALFORMED_STREAM = "MALFORMED_STREAM";

  /** Begins the code of an HTTP/2 connection ended by an error; the error's name follows. */
  static final String HTTP2 = "HTTP2_";

  private static final Logger log = LoggerFactory.getLogger(Refusals.class);
  private static final long BETWEEN_LINES = Duration.ofSeconds(1).toNanos();

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

  /**
   * Counts one.
   *
   * @param code of a {@link Refusal}, or one of this class
   * @param client whom it hit
   */
  void count(String code, Object client) {
    counts.computeIfAbsent(code, created -> new LongAdder()).increment();
    long due = nextLine.get();
    long now = System.nanoTime();
    if (now - due >= 0 && nextLine.compareAndSet(due, now + BETWEEN_LINES)) {
      log.warn("refused code={} client={} sofar={}", code, client, snapshot());
    }
  }

  /** Returns how often each code was counted. */
  Map<String, Long> snapshot() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((code, count) -> sums.put(code, count.sum()));
    return sums;
  }
}
