package org.codius.daemon.lease;

import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * How much memory there is to sell.
 *
 * <p>Memory is reserved, not measured: each lease holds its pod's limit and what the runtime itself
 * takes for it, whether the pod uses them or not.
 *
 * @param memoryMib what all pods may hold together
 * @param overhead tells what the runtime takes beside each pod's own limit, in MiB
 */
public record Capacity(long memoryMib, IntSupplier overhead) {

  /**
   * Returns the capacity of a machine of {@code totalMib}, of which {@code fraction} is for pods.
   *
   * @param isolation tells by what they are kept apart
   */
  public static Capacity of(long totalMib, double fraction, Supplier<Isolation> isolation) {
    return new Capacity((long) (totalMib * fraction), () -> overheadMib(isolation.get()));
  }

  /**
   * What stays resident for a pod beside its program: 6 MiB measured with runc, 34 with gVisor,
   * rounded up. For virtual machines what Kata declares for its own.
   */
  private static int overheadMib(Isolation isolation) {
    return switch (isolation) {
      case NAMESPACE -> 8;
      case KERNEL -> 40;
      case VM -> 160;
    };
  }

  /** Returns what all pods may hold that nobody has paid for yet: a tenth. */
  long unpaidMib() {
    return memoryMib / 10;
  }

  /** Returns what a pod of {@code podClass} holds. */
  long need(PodClass podClass) {
    return (long) podClass.resources().memoryMib() + overhead.getAsInt();
  }

  /** Returns whether there is room for one more pod beside what is {@code reservedMib}. */
  boolean isRoomFor(PodClass podClass, long reservedMib) {
    return reservedMib + need(podClass) <= memoryMib;
  }
}
