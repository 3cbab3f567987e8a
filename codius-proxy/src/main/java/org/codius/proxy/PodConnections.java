package org.codius.proxy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the connections to each pod that are in use, so that no pod gets them all.
 *
 * <p>Safe for use by several threads.
 */
final class PodConnections {

  private final int limit;
  private final Refusals refusals;
  private final Map<String, Integer> inUse = new ConcurrentHashMap<>();

  PodConnections(int limit, Refusals refusals) {
    this.limit = limit;
    this.refusals = refusals;
  }

  /** Counts one more until it is given back, if the pod may have it. */
  boolean take(String pod, Client client) {
    if (inUse.merge(pod, 1, Integer::sum) <= limit) {
      return true;
    }
    give(pod);
    refusals.count("POD_BUSY", client);
    return false;
  }

  void give(String pod) {
    inUse.computeIfPresent(pod, (key, count) -> count == 1 ? null : count - 1);
  }
}
