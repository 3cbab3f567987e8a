package org.codius.hyper;

/** Something that happened, as {@link PodDriver#events} tells it. */
public sealed interface PodEvent {

  /** A container's process runs. */
  record Started(PodId pod, String container) implements PodEvent {}

  /** A container's process has ended. */
  record Exited(PodId pod, String container, int exitCode) implements PodEvent {}

  /** The pod, or a container of it, was ended because it used more than it may. */
  record LimitExceeded(PodId pod, PodLimit limit) implements PodEvent {}

  /** The runtime has the pod no more. */
  record Removed(PodId pod) implements PodEvent {}

  /**
   * The runtime does not answer. No address counts as confirmed any more.
   *
   * @param reason in words
   */
  record RuntimeLost(String reason) implements PodEvent {}

  /** The runtime answers again, or another in its place. Look at all pods again. */
  record RuntimeBack() implements PodEvent {}

  /** The subscriber was too slow and events were left out. Look at all pods again. */
  record Missed() implements PodEvent {}
}
