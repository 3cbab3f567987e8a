package org.codius.hyper.hyperd;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The addresses of virtual machines, as hyperd told them since it was last connected to.
 *
 * <p>The address of a machine never changes, so it is asked for once. One is confirmed if no other
 * machine has it: a hyperd that was restarted does not know which are taken. Safe for use by
 * several threads.
 */
final class Addresses {

  /**
   * @param createdAt of the pod in it, in seconds
   * @param order in which they were told, for pods of the same second
   */
  record Told(String podId, InetAddress address, long createdAt, int order) {}

  private final AtomicInteger order = new AtomicInteger();

  private final Map<String, Told> byMachine = new ConcurrentHashMap<>();

  /** Takes in what {@code info} says if it is about the machine the pod is in now. */
  void learn(PodRow row, PodInfo info) {
    if (row.isUp() && info.vm().equals(row.vm())) {
      info.address()
          .ifPresent(
              address ->
                  byMachine.putIfAbsent(
                      row.vm(),
                      new Told(row.id(), address, info.createdAt(), order.incrementAndGet())));
    }
  }

  boolean knows(String machine) {
    return byMachine.containsKey(machine);
  }

  void retain(Collection<String> machines) {
    byMachine.keySet().retainAll(machines);
  }

  /** Returns the address of the machine, if it is known and no other has it. */
  Optional<InetAddress> of(String machine) {
    return Optional.ofNullable(byMachine.get(machine))
        .map(Told::address)
        .filter(address -> uses(address) == 1);
  }

  private long uses(InetAddress address) {
    return byMachine.values().stream().filter(told -> told.address().equals(address)).count();
  }

  /** Returns what is known of {@code machines}. */
  List<Told> all(Set<String> machines) {
    return byMachine.entrySet().stream()
        .filter(entry -> machines.contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }
}
