package org.codius.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts traffic in all and for each pod there is.
 *
 * <p>Safe for use by several threads.
 */
final class TrafficCounters {

  /** Pods counted one by one. Those beyond count in the total only. */
  private static final int MAX_PODS = 100_000;

  private final TrafficCounter total = new TrafficCounter();
  private final Map<String, TrafficCounter> pods = new ConcurrentHashMap<>();

  TrafficCounter total() {
    return total;
  }

  /** Returns the counter of a pod that the route table knows, or null if there are too many. */
  @Nullable TrafficCounter of(String label) {
    TrafficCounter counter = pods.get(label);
    if (counter == null && pods.size() < MAX_PODS) {
      counter = pods.computeIfAbsent(label, counted -> new TrafficCounter());
    }
    return counter;
  }

  /** Drops the counter of a pod that is gone. */
  void forget(String label) {
    pods.remove(label);
  }

  Map<String, Traffic> snapshot() {
    return pods.entrySet().stream()
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, pod -> pod.getValue().snapshot()));
  }
}
