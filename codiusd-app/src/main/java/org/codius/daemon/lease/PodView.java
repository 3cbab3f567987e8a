package org.codius.daemon.lease;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.codius.hyper.PodStatus;

/**
 * How a pod is.
 *
 * @param status what its runtime says, if it has the pod and answers
 * @param earlierExits how its containers ended the last time it was taken away, if it was
 * @param timeLeft zero once it is over
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
public record PodView(
    Lease lease,
    Optional<PodStatus> status,
    Optional<Map<String, String>> earlierExits,
    Duration timeLeft) {}
