package org.codius.proxy;

import java.time.Duration;
import java.util.List;

/**
 * What went through the proxy, in all or to one pod, since it started.
 *
 * @param requests answered or broken off
 * @param received bytes of requests' bodies, and from clients of upgraded connections
 * @param sent bytes of answers, and to clients of upgraded connections
 * @param statusClasses answers by the first digit of their status: the first is 1xx, which a 101
 *     alone counts as, the fifth 5xx
 * @param latency how long clients waited for the first byte of an answer, in rising buckets
 */
public record Traffic(
    long requests, long received, long sent, List<Long> statusClasses, List<Bucket> latency) {

  public Traffic {
    statusClasses = List.copyOf(statusClasses);
    latency = List.copyOf(latency);
  }

  /**
   * How often something took longer than the bucket before says, but no longer than this.
   *
   * @param upTo the last bucket's is longer than anything lasts
   */
  public record Bucket(Duration upTo, long count) {}
}
