package org.codius.hyper;

import java.time.Duration;
import java.time.Instant;

/**
 * What a pod used.
 *
 * @param cpu time of all its processors since it started
 * @param memoryBytes now
 * @param diskBytes of writable layers and logs, now
 * @param processes now
 * @param receivedBytes over its network since it started
 * @param sentBytes over its network since it started
 */
public record PodStats(
    Instant at,
    Duration cpu,
    long memoryBytes,
    long diskBytes,
    int processes,
    long receivedBytes,
    long sentBytes) {}
