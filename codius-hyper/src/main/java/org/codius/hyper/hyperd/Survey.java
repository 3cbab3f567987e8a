package org.codius.hyper.hyperd;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;

/**
 * All pods of hyperd at a time.
 *
 * @param containers by the id of their pod
 * @param infos by the id of the pod, of those that had to be asked for
 * @param addresses confirmed when it was made
 */
record Survey(
    List<PodRow> rows,
    Map<String, List<ContainerRow>> containers,
    Map<String, PodInfo> infos,
    Addresses addresses) {

  List<ContainerRow> containersOf(PodRow row) {
    return containers.getOrDefault(row.id(), List.of());
  }

  Optional<PodInfo> info(PodRow row) {
    return Optional.ofNullable(infos.get(row.id()));
  }

  /** Returns the pods of {@code instance}. */
  Map<PodId, PodStatus> statuses(String instance) {
    Map<PodId, PodStatus> statuses = new LinkedHashMap<>();
    for (PodRow row : rows) {
      row.podId(instance).ifPresent(id -> statuses.put(id, status(id, row)));
    }
    return statuses;
  }

  PodStatus status(PodId id, PodRow row) {
    List<PodStatus.Container> states =
        info(row)
            .map(info -> info.containers().stream().map(one -> one.status(id, row.isUp())).toList())
            .orElseGet(() -> containersOf(row).stream().map(one -> status(id, row, one)).toList());
    return status(id, row, states, addresses);
  }

  static PodStatus status(
      PodId id, PodRow row, List<PodStatus.Container> containers, Addresses addresses) {
    return (row.isUp() ? addresses.of(row.vm()) : Optional.<InetAddress>empty())
        .map(address -> PodStatus.of(id, containers, address))
        .orElseGet(() -> PodStatus.withoutAddress(id, containers));
  }

  private static PodStatus.Container status(PodId id, PodRow row, ContainerRow container) {
    return new PodStatus.Container(
        PodInfo.containerName(id, container.name()),
        "",
        row.isUp() && container.isRunning(),
        OptionalInt.empty(),
        container.isRunning() ? "" : "Pending");
  }
}
