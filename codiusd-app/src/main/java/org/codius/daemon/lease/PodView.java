package org.codius.daemon.lease;

import java.time.Duration;
import java.util.Optional;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Container;

/**
 * How a pod is.
 *
 * @param status what its runtime says, if it has the pod and answers
 * @param evidence what it left the last time it was taken away, if it was
 * @param timeLeft zero once it is over
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
public record PodView(
    Lease lease, Optional<PodStatus> status, Optional<Evidence> evidence, Duration timeLeft) {

  /** Returns the image that a container runs: with its digest, if it can be told. */
  public String image(Container container) {
    return status.map(now -> PodKeeper.image(container, now)).orElse(container.image());
  }
}
