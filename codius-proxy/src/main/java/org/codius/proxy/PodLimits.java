package org.codius.proxy;

/**
 * What a pod may use.
 *
 * @param connections connections to one pod that are in use at one time; beyond is a 503
 * @param idleConnections connections kept open to one pod between requests, per event loop
 * @param head bytes of the head of an answer; longer is a 502
 */
public record PodLimits(int connections, int idleConnections, int head) {

  public static final PodLimits DEFAULT = new PodLimits(5000, 32, 64 * 1024);

  public PodLimits {
    Positive.require("connections", connections);
    if (idleConnections < 0) {
      throw new IllegalArgumentException(
          "idleConnections: " + idleConnections + " (expected: 0 or more)");
    }
    Positive.require("head", head);
  }

  public PodLimits withConnections(int changed) {
    return new PodLimits(changed, idleConnections, head);
  }

  public PodLimits withIdleConnections(int changed) {
    return new PodLimits(connections, changed, head);
  }

  public PodLimits withHead(int changed) {
    return new PodLimits(connections, idleConnections, changed);
  }
}
