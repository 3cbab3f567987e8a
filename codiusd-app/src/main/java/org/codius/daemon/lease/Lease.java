package org.codius.daemon.lease;

import java.time.Instant;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;

/**
 * A pod and the time it may run.
 *
 * @param request what was uploaded, private variables included while it lives: needed to start the
 *     pod again
 * @param expiry when the paid time ends; while {@code STARTING}, when the start was asked for
 * @param podClass the name of the size it is sold in
 * @param memoryMib what it holds of the host's memory, its runtime's share included
 */
public record Lease(
    ManifestHash manifestHash,
    State state,
    PodRequest request,
    Instant expiry,
    String podClass,
    long memoryMib,
    Life life) {

  /** How far it has come. Each state is on disk before its side effects begin. */
  public enum State {
    /** Somebody asked for it and has not paid. It may run already, but cannot be reached. */
    STARTING,
    /** Paid for, and to be brought up. */
    PAID,
    /** Paid for and up: it can be reached, until its expiry. */
    RUNNING,
    /** Its time is over. */
    EXPIRED,
    /** It never was paid for, or cannot be run. */
    FAILED,
    /** It was ended before its time, by whom it belongs to or by the host's operator. */
    REMOVED;

    /** Returns whether the pod is to go, or gone. */
    public boolean isOver() {
      return this == EXPIRED || this == FAILED || this == REMOVED;
    }
  }

  /** Returns a lease on a pod that is about to be started, unpaid. */
  static Lease starting(PodRequest request, PodClass podClass, long memoryMib, Instant now) {
    return new Lease(
        request.manifest().hash(),
        State.STARTING,
        request,
        now,
        podClass.name(),
        memoryMib,
        Life.NEW);
  }

  public Lease with(State state) {
    return new Lease(manifestHash, state, request, expiry, podClass, memoryMib, life);
  }

  public Lease with(Life life) {
    return new Lease(manifestHash, state, request, expiry, podClass, memoryMib, life);
  }

  public boolean isPaid() {
    return state == State.PAID || state == State.RUNNING;
  }

  /** Returns whether it is paid for at {@code now}; while the host owes it time, it is. */
  boolean isCurrent(Instant now) {
    return isPaid() && (life.downSince().isPresent() || expiry.isAfter(now));
  }
}
