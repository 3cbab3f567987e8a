package org.codius.hyper.hyperd;

import java.util.Optional;

/**
 * A line of hyperd's list of containers, {@code CONTAINER-ID:NAME:POD-ID:STATE}; the pod's id may
 * hold colons, names cannot.
 *
 * @param state {@code pending}, {@code running}, {@code succeeded} or {@code failed}; the last two
 *     by the exit code alone
 */
record ContainerRow(String name, String podId, String state) {

  static Optional<ContainerRow> parse(String line) {
    int nameAt = line.indexOf(':') + 1;
    int podAt = line.indexOf(':', nameAt) + 1;
    int stateAt = line.lastIndexOf(':') + 1;
    return nameAt > 0 && podAt > nameAt && stateAt > podAt
        ? Optional.of(
            new ContainerRow(
                line.substring(nameAt, podAt - 1),
                line.substring(podAt, stateAt - 1),
                line.substring(stateAt)))
        : Optional.empty();
  }

  boolean isRunning() {
    return state.equals("running");
  }

  boolean hasEnded() {
    return state.equals("succeeded") || state.equals("failed");
  }
}
