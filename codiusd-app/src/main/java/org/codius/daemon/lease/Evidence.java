package org.codius.daemon.lease;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is left of a pod that has ended, beside its log: for its buyer to see why.
 *
 * @param ended when it was taken away last
 * @param exits how each container that had ended did, {@code 1} or {@code 137 OOMKilled}
 * @param events what became of it, oldest first; the last {@value #MOST_EVENTS}
 */
public record Evidence(Instant ended, Map<String, String> exits, List<Event> events) {

  private static final int MOST_EVENTS = 50;

  public Evidence {
    exits = Map.copyOf(exits);
    events = List.copyOf(events.subList(Math.max(0, events.size() - MOST_EVENTS), events.size()));
  }

  /**
   * Something that happened to a pod.
   *
   * @param at when it was noticed
   */
  public record Event(Instant at, String what) {}

  /**
   * Returns whether it is {@code lease}'s: what earlier buyers' pods wrote is not for later ones.
   */
  boolean isOf(Lease lease) {
    return lease.life().started().filter(start -> !ended.isBefore(start)).isPresent();
  }
}
