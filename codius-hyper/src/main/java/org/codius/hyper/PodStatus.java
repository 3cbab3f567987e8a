package org.codius.hyper;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** How a pod is doing, as its runtime tells. */
public final class PodStatus {

  private final PodId id;
  private final List<Container> containers;
  private final Optional<InetAddress> address;
  private final Optional<PodLimit> exceeded;

  private PodStatus(
      PodId id,
      List<Container> containers,
      Optional<InetAddress> address,
      Optional<PodLimit> exceeded) {
    this.id = id;
    this.containers = List.copyOf(containers);
    this.address = address;
    this.exceeded = exceeded;
  }

  /** Returns the status of a pod that can be reached at {@code address}. */
  public static PodStatus of(PodId id, List<Container> containers, InetAddress address) {
    return new PodStatus(id, containers, Optional.of(address), Optional.empty());
  }

  /** Returns the status of a pod whose sandbox is not up, or whose address is not confirmed. */
  public static PodStatus withoutAddress(PodId id, List<Container> containers) {
    return new PodStatus(id, containers, Optional.empty(), Optional.empty());
  }

  /** Returns this with {@code limit} as what it, or a container of it, was ended for. */
  public PodStatus exceeding(PodLimit limit) {
    return new PodStatus(id, containers, address, Optional.of(limit));
  }

  public PodId id() {
    return id;
  }

  public List<Container> containers() {
    return containers;
  }

  /** Returns the pod's address, if confirmed since the driver last connected to its runtime. */
  public Optional<InetAddress> address() {
    return address;
  }

  /** Returns the limit that it, or a container of it, was ended for, if that is known. */
  public Optional<PodLimit> exceeded() {
    return exceeded;
  }

  /** Returns whether the sandbox is up and every container runs. */
  public boolean isRunning() {
    return address.isPresent()
        && !containers.isEmpty()
        && containers.stream().allMatch(Container::isRunning);
  }

  @Override
  public String toString() {
    return "PodStatus[id=%s, address=%s, exceeded=%s, containers=%s]"
        .formatted(id, address, exceeded, containers);
  }

  /**
   * One container of a pod.
   *
   * @param image what it runs, {@code name@sha256:…}, if the runtime tells; may be empty
   * @param exitCode present once it has ended
   * @param reason why it is not running, in the runtime's words; may be empty
   */
  @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
  public record Container(
      String name, String image, boolean isRunning, OptionalInt exitCode, String reason) {}
}
