package org.codius.hyper.hyperd;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLanes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops the newer of two pods that have the same address: neither can be reached before, and the
 * older is right again after. The newer is to be run anew, as any pod that was stopped. What is not
 * ours is left alone, also where it is the newer.
 */
final class DoubledAddresses {

  private static final Logger log = LoggerFactory.getLogger(DoubledAddresses.class);

  private final String instance;
  private final PodReader reader;
  private final PodRemover remover;
  private final PodLanes lanes;
  private final Set<PodId> stopping = ConcurrentHashMap.newKeySet();

  DoubledAddresses(String instance, PodReader reader, PodRemover remover, PodLanes lanes) {
    this.instance = instance;
    this.reader = reader;
    this.remover = remover;
    this.lanes = lanes;
  }

  void settle(Survey survey) {
    newer(survey).forEach(this::stop);
  }

  private Set<PodId> newer(Survey survey) {
    Set<String> machines = new HashSet<>(survey.rows().stream().map(PodRow::vm).toList());
    return survey.addresses().all(machines).stream()
        .collect(Collectors.groupingBy(Addresses.Told::address))
        .values()
        .stream()
        .flatMap(this::allButTheOldest)
        .collect(Collectors.toUnmodifiableSet());
  }

  private Stream<PodId> allButTheOldest(List<Addresses.Told> same) {
    return same.stream()
        .sorted(
            Comparator.comparingLong(Addresses.Told::createdAt)
                .thenComparingInt(Addresses.Told::order))
        .skip(1)
        .flatMap(told -> ownId(told).stream());
  }

  /** Whoever held the lane before may have given the pod another address. */
  private CompletableFuture<Void> stopIfStill(PodId id, Survey survey) {
    if (!newer(survey).contains(id)) {
      return CompletableFuture.completedFuture(null);
    }
    log.warn("pod stopped, as an older one has its address pod={}", id);
    return remover.stop(id);
  }

  private Optional<PodId> ownId(Addresses.Told told) {
    return PodId.parse(told.podId()).filter(id -> id.instance().equals(instance));
  }

  private void stop(PodId id) {
    if (!stopping.add(id)) {
      return;
    }
    lanes
        .enter(
            id,
            isCancelled ->
                reader.survey((row, containers) -> false).thenCompose(now -> stopIfStill(id, now)))
        .whenComplete(
            (stopped, failure) -> {
              stopping.remove(id);
              if (failure != null) {
                log.warn("pod not stopped pod={} reason={}", id, failure.toString());
              }
            });
  }
}
