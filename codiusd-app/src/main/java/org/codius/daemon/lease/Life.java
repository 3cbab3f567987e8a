package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What has happened to a lease's pod.
 *
 * @param started when it came up first, paid for
 * @param ended when the last of it was gone
 * @param restarts how often it was started again
 * @param failure why it last did not start or did not stay up, {@code CODE: sentence}; may be empty
 * @param isListening whether its port, if it has one, accepted when it was started
 * @param downSince since when it is down through the host's fault; its time stands still then
 * @param credited how much time it was given for being down
 * @param isSuspended whether the host's operator stopped it
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
public record Life(
    Optional<Instant> started,
    Optional<Instant> ended,
    int restarts,
    String failure,
    boolean isListening,
    Optional<Instant> downSince,
    Duration credited,
    boolean isSuspended) {

  /** Nothing has. */
  public static final Life NEW =
      new Life(
          Optional.empty(), Optional.empty(), 0, "", true, Optional.empty(), Duration.ZERO, false);

  /** It came up, by a start that found {@code isListening}. */
  public Life up(Instant now, boolean isListening) {
    return new Life(
        started.or(() -> Optional.of(now)),
        ended,
        restarts,
        failure,
        isListening,
        Optional.empty(),
        credited,
        isSuspended);
  }

  /** It is down through the host's fault, since {@code since} unless it was before. */
  public Life down(Instant since) {
    return new Life(
        started,
        ended,
        restarts,
        failure,
        isListening,
        downSince.or(() -> Optional.of(since)),
        credited,
        isSuspended);
  }

  /** It is about to be started again. */
  public Life restarting() {
    return new Life(
        started, ended, restarts + 1, failure, isListening, downSince, credited, isSuspended);
  }

  public Life failed(String failure) {
    return new Life(
        started, ended, restarts, failure, isListening, downSince, credited, isSuspended);
  }

  public Life suspended(boolean isSuspended) {
    return new Life(
        started, ended, restarts, failure, isListening, downSince, credited, isSuspended);
  }
}
