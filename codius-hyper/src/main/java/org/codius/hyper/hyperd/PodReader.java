package org.codius.hyper.hyperd;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;

/**
 * Finds out how pods are doing.
 *
 * <p>An address is told only if it is that of the machine the pod is in now, since hyperd goes on
 * telling the first one it ever had, and if no other running pod of hyperd has it, since hyperd
 * forgets when restarted which ones are taken. Safe for use by several threads.
 */
final class PodReader {

  private static final int CALLS_AT_A_TIME = 8;

  private final HyperdApi api;
  private final String instance;

  /** The machines whose address no other had when it was looked at; never more than there are. */
  private final Map<String, InetAddress> confirmed = new ConcurrentHashMap<>();

  PodReader(HyperdApi api, String instance) {
    this.api = api;
    this.instance = instance;
  }

  CompletableFuture<Optional<PodStatus>> status(PodId id) {
    return api.row(id)
        .thenCompose(
            row ->
                row.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : look(row.get()).thenCompose(sight -> status(id, sight)));
  }

  private CompletableFuture<Optional<PodStatus>> status(PodId id, Sight sight) {
    Optional<InetAddress> address = sight.address();
    if (sight.info().isEmpty() && !sight.row().isChanging()) {
      // It may have gone between the two questions.
      return api.row(id).thenApply(row -> row.map(still -> status(id, sight, Map.of())));
    }
    if (address.isEmpty() || address.get().equals(confirmed.get(sight.row().vm()))) {
      return CompletableFuture.completedFuture(Optional.of(status(id, sight, confirmed)));
    }
    return survey().thenApply(survey -> Optional.of(status(id, sight, survey.addresses())));
  }

  /** Returns the pods of this instance, whatever state they or others are in. */
  CompletableFuture<List<PodStatus>> list() {
    return survey()
        .thenApply(
            survey ->
                survey.sights().stream()
                    .flatMap(
                        sight ->
                            sight.row().podId(instance).stream()
                                .map(id -> status(id, sight, survey.addresses())))
                    .toList());
  }

  /** Looks at all pods and confirms the addresses that are there once. */
  private CompletableFuture<Survey> survey() {
    return api.rows()
        .thenCompose(rows -> Stages.forAll(rows, CALLS_AT_A_TIME, this::look))
        .thenApply(
            sights -> {
              Survey survey = Survey.of(sights);
              confirmed.putAll(survey.addresses());
              confirmed.keySet().retainAll(survey.addresses().keySet());
              return survey;
            });
  }

  /** Others' pods are asked for only if they may have an address. */
  private CompletableFuture<Sight> look(PodRow row) {
    boolean isAsked = row.isUp() || (!row.isChanging() && row.podId(instance).isPresent());
    return isAsked
        ? api.info(row.id()).thenApply(info -> new Sight(row, info))
        : CompletableFuture.completedFuture(new Sight(row, Optional.empty()));
  }

  private static PodStatus status(PodId id, Sight sight, Map<String, InetAddress> confirmed) {
    List<PodStatus.Container> containers = new ArrayList<>();
    sight
        .info()
        .ifPresent(
            info ->
                info.containers()
                    .forEach(
                        container -> containers.add(container.status(id, sight.row().isUp()))));
    return sight
        .address()
        .filter(address -> address.equals(confirmed.get(sight.row().vm())))
        .map(address -> PodStatus.of(id, containers, address))
        .orElseGet(() -> PodStatus.withoutAddress(id, containers));
  }

  /** A pod as it was seen in two questions. */
  @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
  private record Sight(PodRow row, Optional<PodInfo> info) {

    Optional<InetAddress> address() {
      return row.isUp()
          ? info.filter(seen -> seen.vm().equals(row.vm())).flatMap(PodInfo::address)
          : Optional.empty();
    }
  }

  /**
   * All pods at a time.
   *
   * @param addresses by machine, those that no other machine has
   */
  private record Survey(List<Sight> sights, Map<String, InetAddress> addresses) {

    static Survey of(List<Sight> sights) {
      Map<InetAddress, Long> uses =
          sights.stream()
              .flatMap(sight -> sight.address().stream())
              .collect(Collectors.groupingBy(address -> address, Collectors.counting()));
      Map<String, InetAddress> addresses = new HashMap<>();
      for (Sight sight : sights) {
        sight
            .address()
            .filter(address -> uses.getOrDefault(address, 0L) == 1)
            .ifPresent(address -> addresses.put(sight.row().vm(), address));
      }
      return new Survey(sights, Map.copyOf(addresses));
    }
  }
}
