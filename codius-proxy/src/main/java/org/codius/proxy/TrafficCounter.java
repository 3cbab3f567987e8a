package org.codius.proxy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * Counts {@link Traffic}.
 *
 * <p>Safe for use by several threads.
 */
final class TrafficCounter {

  private static final int STATUS_CLASSES = 5;
  private static final long[] BOUNDS_NANOS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
          .mapToLong(millis -> Duration.ofMillis(millis).toNanos())
          .toArray();

  /** Requests that got no answer. */
  private final LongAdder unanswered = new LongAdder();

  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder[] statusClasses = adders(STATUS_CLASSES);
  private final LongAdder[] latency = adders(BOUNDS_NANOS.length + 1);

  private static LongAdder[] adders(int count) {
    return Stream.generate(LongAdder::new).limit(count).toArray(LongAdder[]::new);
  }

  /**
   * Counts a request.
   *
   * @param waited nanoseconds until the answer began
   */
  void add(int status, long bytesReceived, long bytesSent, long waited) {
    if (bytesReceived > 0) {
      received.add(bytesReceived);
    }
    sent.add(bytesSent);
    int statusClass = status / 100;
    if (statusClass >= 1 && statusClass <= STATUS_CLASSES) {
      statusClasses[statusClass - 1].increment();
      latency[bucketOf(waited)].increment();
    } else {
      unanswered.increment();
    }
  }

  private static int bucketOf(long nanos) {
    int at = Arrays.binarySearch(BOUNDS_NANOS, nanos);
    return at >= 0 ? at : -at - 1;
  }

  Traffic snapshot() {
    List<Traffic.Bucket> buckets = new ArrayList<>();
    for (int i = 0; i < latency.length; i++) {
      Duration upTo =
          i < BOUNDS_NANOS.length
              ? Duration.ofNanos(BOUNDS_NANOS[i])
              : ChronoUnit.FOREVER.getDuration();
      buckets.add(new Traffic.Bucket(upTo, latency[i].sum()));
    }
    return new Traffic(
        unanswered.sum() + buckets.stream().mapToLong(Traffic.Bucket::count).sum(),
        received.sum(),
        sent.sum(),
        Arrays.stream(statusClasses).map(LongAdder::sum).toList(),
        buckets);
  }
}
