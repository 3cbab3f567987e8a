package org.codius.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections to each pod that are in use, so that no pod gets them all.
 *
 * <p>Safe for use by several threads.
 */
final class PodConnections {

  private final int limit;
  private final Refusals refusals;
  private final Map<String, AtomicInteger> inUse = new ConcurrentHashMap<>();

  PodConnections(int limit, Refusals refusals) {
    this.limit = limit;
    this.refusals = refusals;
  }

  /**
   * Counts one more, if the pod may have it.
   *
   * @return what is to be decremented when it is no longer in use, or null if there are too many
   */
  @Nullable AtomicInteger take(String pod, Client client) {
    AtomicInteger count = inUse.get(pod);
    if (count == null) {
      count = inUse.computeIfAbsent(pod, created -> new AtomicInteger());
    }
    if (count.incrementAndGet() <= limit) {
      return count;
    }
    count.decrementAndGet();
    refusals.count("POD_BUSY", client);
    return null;
  }

  /** Forgets a pod that is gone. */
  void forget(String pod) {
    inUse.remove(pod);
  }
}
