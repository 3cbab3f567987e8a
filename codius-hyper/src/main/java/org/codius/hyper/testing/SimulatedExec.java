package org.codius.hyper.testing;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A program that runs in a simulated container or machine, or is to.
 *
 * @param containerId of the container it is in
 * @param isRaw whether its output is not in frames: that of a terminal, or of a machine
 * @param end completed with its exit code
 */
record SimulatedExec(
    String containerId, List<String> command, boolean isRaw, CompletableFuture<Integer> end) {

  SimulatedExec(String containerId, List<String> command, boolean isRaw) {
    this(containerId, command, isRaw, new CompletableFuture<>());
  }
}
