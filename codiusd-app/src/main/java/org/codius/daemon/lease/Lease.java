package org.codius.daemon.lease;

import java.time.Instant;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;

/**
 * A pod and the time it may run.
 *
 * @param request what was uploaded, private variables included: needed to start the pod again
 * @param expiry when the paid time ends; of no meaning while {@code STARTING}
 */
public record Lease(ManifestHash manifestHash, State state, PodRequest request, Instant expiry) {

  /** How far it has come. Each state is on disk before its side effects begin. */
  public enum State {
    /** Somebody asked for it and has not paid. It may run already, but cannot be reached. */
    STARTING,
    /** Paid for; it runs, or is made to run again, until its expiry. */
    PAID,
    /** Its time is over; it goes as soon as the runtime lets go of the pod. */
    EXPIRED
  }

  boolean isPaid() {
    return state == State.PAID;
  }
}
