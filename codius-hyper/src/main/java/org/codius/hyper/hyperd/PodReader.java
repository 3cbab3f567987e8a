package org.codius.hyper.hyperd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;

/**
 * Finds out how pods are doing.
 *
 * <p>An address is told only if it is that of the machine the pod is in now, since hyperd goes on
 * telling the first one it ever had, and if it is confirmed, see {@link Addresses}. Safe for use by
 * several threads.
 */
final class PodReader {

  private static final int CALLS_AT_A_TIME = 64;

  private final HyperdApi api;
  private final String instance;
  private volatile Addresses addresses = new Addresses();

  PodReader(HyperdApi api, String instance) {
    this.api = api;
    this.instance = instance;
  }

  /** Lets no address count as confirmed any more, not even those that calls under way bring. */
  void forget() {
    addresses = new Addresses();
  }

  CompletableFuture<Optional<PodStatus>> status(PodId id) {
    Addresses known = addresses;
    return api.row(id)
        .thenCompose(
            row ->
                row.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : status(id, row.get(), known));
  }

  private CompletableFuture<Optional<PodStatus>> status(PodId id, PodRow row, Addresses known) {
    if (row.isChanging()) {
      return CompletableFuture.completedFuture(
          Optional.of(PodStatus.withoutAddress(id, List.of())));
    }
    return api.info(row.id())
        .thenCompose(
            info -> {
              if (info.isEmpty()) {
                // It may have gone between the two questions.
                return api.row(id)
                    .thenApply(still -> still.map(any -> PodStatus.withoutAddress(id, List.of())));
              }
              boolean isNew = row.isUp() && !known.knows(row.vm());
              return (isNew ? survey((any, containers) -> false) : completed())
                  .thenApply(
                      done ->
                          Optional.of(
                              Survey.status(
                                  id,
                                  row,
                                  info.get().containers().stream()
                                      .map(one -> one.status(id, row.isUp()))
                                      .toList(),
                                  known)));
            });
  }

  private static CompletableFuture<?> completed() {
    return CompletableFuture.completedFuture(null);
  }

  /** Returns the pods of this instance, whatever state they or others are in. */
  CompletableFuture<List<PodStatus>> list() {
    return survey(
            (row, containers) ->
                row.podId(instance).isPresent()
                    && !row.isChanging()
                    && (!row.isUp() || containers.stream().anyMatch(ContainerRow::hasEnded)))
        .thenApply(survey -> List.copyOf(survey.statuses(instance).values()));
  }

  /**
   * Looks at all pods and confirms the addresses that are there once.
   *
   * @param isAsked which pods to look at closely: the lists tell no exit codes
   */
  CompletableFuture<Survey> survey(BiPredicate<PodRow, List<ContainerRow>> isAsked) {
    Addresses known = addresses;
    return api.rows()
        .thenCombine(api.containers(), (rows, containers) -> new Lists(rows, byPod(containers)))
        .thenCompose(lists -> look(lists, known, isAsked));
  }

  private static Map<String, List<ContainerRow>> byPod(List<ContainerRow> containers) {
    return containers.stream().collect(Collectors.groupingBy(ContainerRow::podId));
  }

  private CompletableFuture<Survey> look(
      Lists lists, Addresses known, BiPredicate<PodRow, List<ContainerRow>> isAsked) {
    List<PodRow> asked =
        lists.rows().stream()
            .filter(
                row ->
                    (row.isUp() && !known.knows(row.vm()))
                        || isAsked.test(row, lists.containers().getOrDefault(row.id(), List.of())))
            .toList();
    return Stages.forAll(asked, CALLS_AT_A_TIME, row -> api.info(row.id()))
        .thenApply(
            infos -> {
              Map<String, PodInfo> told = new HashMap<>();
              for (int i = 0; i < asked.size(); i++) {
                PodRow row = asked.get(i);
                infos
                    .get(i)
                    .ifPresent(
                        info -> {
                          told.put(row.id(), info);
                          known.learn(row, info);
                        });
              }
              known.retain(lists.rows().stream().map(PodRow::vm).toList());
              return new Survey(lists.rows(), lists.containers(), Map.copyOf(told), known);
            });
  }

  private record Lists(List<PodRow> rows, Map<String, List<ContainerRow>> containers) {}
}
