package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.codius.manifest.ManifestHash;

/**
 * When pods that went down are looked at again: at once, and later each time they fail again.
 *
 * <p>Safe for use by several threads.
 */
final class Backoff {

  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** After so long without a failure the next one counts as the first. */
  private static final Duration FORGIVEN = Duration.ofMinutes(10);

  private static final int MOST_DOUBLINGS = 9;

  private final Map<ManifestHash, Attempt> attempts = new ConcurrentHashMap<>();

  /** How often it failed in a row, when it may be tried next, and whether it is to be then. */
  private record Attempt(int failures, Instant next, boolean isDue) {}

  /** Asks for the pod to be looked at as soon as it may be. */
  void wake(ManifestHash hash, Instant now) {
    attempts.merge(
        hash,
        new Attempt(0, now, true),
        (known, any) -> new Attempt(known.failures(), known.next(), true));
  }

  /** Returns whether the pod may be started now. */
  boolean isAllowed(ManifestHash hash, Instant now) {
    Attempt attempt = attempts.get(hash);
    return attempt == null || !attempt.next().isAfter(now);
  }

  /** Notes that the pod is being started again: the next time it has to wait for longer. */
  void started(ManifestHash hash, Instant now) {
    attempts.compute(
        hash,
        (any, known) -> {
          boolean isFirst = known == null || known.next().plus(FORGIVEN).isBefore(now);
          int failures = isFirst ? 0 : known.failures();
          Duration pause = Duration.ofSeconds(1L << Math.min(failures, MOST_DOUBLINGS));
          Instant next = now.plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
          return new Attempt(failures + 1, next, false);
        });
  }

  /** Notes that the start failed: it is tried again. */
  void failed(ManifestHash hash) {
    attempts.computeIfPresent(
        hash, (any, known) -> new Attempt(known.failures(), known.next(), true));
  }

  void forget(ManifestHash hash) {
    attempts.remove(hash);
  }

  /** Returns the pods that are to be looked at now, each once. */
  List<ManifestHash> due(Instant now) {
    List<ManifestHash> due =
        attempts.entrySet().stream()
            .filter(entry -> entry.getValue().isDue() && !entry.getValue().next().isAfter(now))
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableList());
    due.forEach(
        hash ->
            attempts.computeIfPresent(
                hash, (any, known) -> new Attempt(known.failures(), known.next(), false)));
    return due;
  }
}
