package org.codius.daemon.lease;

import org.codius.hyper.PodSpec;

/**
 * What the host sells at most, and the size of what it sells.
 *
 * <p>Memory is reserved, not measured: each lease holds its pod's limit and what the runtime itself
 * takes for it, whether the pod uses them or not.
 *
 * @param memoryMib what all pods may hold together
 */
public record Capacity(long memoryMib) {

  /** The machine {@code small}: as in the original, 1 CPU and 512 MiB. */
  static final PodSpec.Resources SMALL = new PodSpec.Resources(1, 512, 512, 1024);

  /** What a runtime takes beside the pod: runc 6 MiB, gVisor 34 MiB measured; more for a VM. */
  private static final int RUNTIME_MIB = 40;

  /** Returns whether there is room for one more pod beside {@code leases}. */
  boolean isRoomBeside(int leases) {
    return (leases + 1L) * (SMALL.memoryMib() + RUNTIME_MIB) <= memoryMib;
  }
}
