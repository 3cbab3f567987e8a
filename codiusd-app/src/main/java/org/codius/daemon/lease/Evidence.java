package org.codius.daemon.lease;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.codius.hyper.LogLine;

/**
 * What is left of a pod that has ended: for its buyer to see why.
 *
 * @param ended when it was taken away last
 * @param exits how each container that had ended did, {@code 1} or {@code 137 OOMKilled}
 * @param log the last {@link LogTail#LIMIT} bytes of each container, oldest first
 */
public record Evidence(Instant ended, Map<String, String> exits, List<LogLine> log) {

  public Evidence {
    exits = Map.copyOf(exits);
    log = List.copyOf(log);
  }

  /**
   * Returns whether it is {@code lease}'s: what earlier buyers' pods wrote is not for later ones.
   */
  boolean isOf(Lease lease) {
    return lease.life().started().filter(start -> !ended.isBefore(start)).isPresent();
  }
}
