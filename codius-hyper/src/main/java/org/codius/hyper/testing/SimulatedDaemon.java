package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.codius.hyper.ExecResult;

/**
 * The pods of a simulated hyperd and what can be done to them. Whoever calls holds its lock, except
 * for {@link #create} and what it completes.
 */
final class SimulatedDaemon {

  static final String ROOT = "/var/lib/hyper";

  private static final Pattern CONTAINER_NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");
  private static final int FIRST_ADDRESS = 2;
  private static final int NOT_STARTED = 255;

  private final SimulatedNetwork network;
  final SimulatedImages images = new SimulatedImages();
  final Map<String, SimulatedPod> pods = new LinkedHashMap<>();

  /** Names and ids of docker containers that no pod has. */
  private final Map<String, String> leaked = new HashMap<>();

  /** Pods that the daemon has in its database but did not load. */
  private final Map<String, SimulatedPod> unloaded = new LinkedHashMap<>();

  /** Programs that run in containers or are to, by their id. */
  final Map<String, SimulatedExec> execs = new HashMap<>();

  /** With what containers end when they are told to, by name; 0 for others. */
  final Map<String, Integer> exitCodesOnTerminate = new HashMap<>();

  HyperdSimulator.Program program =
      (command, input, isAtEnd) -> Optional.of(new ExecResult(0, "", ""));
  CompletableFuture<Void> bootGate = CompletableFuture.completedFuture(null);
  Predicate<String> startsFail = container -> false;
  int processId = 64;
  private int nextAddress = FIRST_ADDRESS;
  private long serial;

  /** Whether it does not know the addresses in use, having been restarted. */
  private boolean isForgetful;

  SimulatedDaemon(SimulatedNetwork network) {
    this.network = network;
  }

  /** Completes with the id when the machine is up and the containers are made. */
  CompletableFuture<String> create(String body) {
    SimulatedPod pod;
    synchronized (this) {
      UserPod spec = UserPod.parse(body, "pod-" + letters());
      checkNames(spec);
      pod = new SimulatedPod(spec, network, "vm-" + letters(), freeAddress());
      pods.put(spec.id(), pod);
    }
    return bootGate.thenApply(open -> boot(pod));
  }

  private void checkNames(UserPod spec) {
    if (pods.containsKey(spec.id())) {
      throw new HyperdRefusal("pod name " + spec.id() + " has already in use");
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      String name = spec.containerName(i);
      findContainer(name)
          .ifPresent(
              container -> {
                throw new HyperdRefusal(
                    "container name %s has already taken by pod %s"
                        .formatted(name, podOf(container).spec.id()));
              });
    }
  }

  private synchronized String boot(SimulatedPod pod) {
    try {
      if (pod.spec.hasBridgeWithoutAddress()) {
        throw new HyperdRefusal("if configured a bridge, must specify the IP address");
      }
      for (int i = 0; i < pod.spec.containers().size(); i++) {
        pod.containers.add(
            createContainer(pod, pod.spec.containerName(i), pod.spec.containers().get(i)));
      }
    } catch (HyperdRefusal e) {
      pods.remove(pod.spec.id());
      pod.containers.forEach(container -> leaked.put(container.name, container.id));
      pod.boot.completeExceptionally(e);
      throw e;
    }
    pod.state = SimulatedPod.State.RUNNING;
    pod.boot.complete(null);
    return pod.spec.id();
  }

  /** Makes the docker container; should one further on fail, nobody unmakes it. */
  SimulatedContainer createContainer(SimulatedPod pod, String name, JsonNode spec) {
    String image = UserPod.field(spec, "image").asText();
    if (image.isEmpty()) {
      throw new HyperdRefusal("No command specified");
    }
    SimulatedImage found =
        images
            .find(image)
            .orElseThrow(
                () -> new HyperdRefusal("No such image: " + SimulatedImages.withTag(image)));
    if (!CONTAINER_NAME.matcher(name).matches()) {
      throw new HyperdRefusal(
          "Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
              .formatted(name));
    }
    String adopted = UserPod.field(spec, "id").asText();
    if (!adopted.isEmpty() && adopted.equals(leaked.get(name))) {
      leaked.remove(name);
      return new SimulatedContainer(name, adopted, found, spec);
    }
    Optional<String> holder =
        Stream.concat(
                leaked.containsKey(name) ? Stream.of(leaked.get(name)) : Stream.empty(),
                pod.containers.stream()
                    .filter(container -> container.name.equals(name))
                    .map(container -> container.id))
            .findFirst();
    if (holder.isPresent()) {
      throw new HyperdRefusal(
          ("Conflict. The name \"/%s\" is already in use by container %s. You have to remove (or"
                  + " rename) that container to be able to reuse that name.")
              .formatted(name, holder.get()));
    }
    return new SimulatedContainer(name, HexIds.of(name + serial++), found, spec);
  }

  /** Starts what does not run, in a new machine if there is none. */
  void start(SimulatedPod pod) {
    if (pod.state == SimulatedPod.State.FAILED) {
      pod.vm = "vm-" + letters();
      pod.address = freeAddress();
      pod.state = SimulatedPod.State.RUNNING;
    }
    List<SimulatedContainer> failed = new ArrayList<>();
    for (SimulatedContainer container : pod.containers) {
      container.start();
      if (container.hasLimits() || startsFail.test(container.name)) {
        container.exit(NOT_STARTED, false);
        failed.add(container);
      }
    }
    if (!failed.isEmpty()) {
      throw new HyperdRefusal(
          "finished with errors: map["
              + failed.stream()
                  .map(container -> container.id + ":Create new container failed: Error: ")
                  .collect(Collectors.joining(" "))
              + "]");
    }
  }

  void delete(SimulatedPod pod) {
    pod.stop(true);
    pods.remove(pod.spec.id());
  }

  Optional<SimulatedExec> findExec(String container, String id) {
    return findContainer(container)
        .flatMap(
            found ->
                Optional.ofNullable(execs.get(id))
                    .filter(exec -> exec.containerId().equals(found.id)));
  }

  Optional<SimulatedPod> findPod(String id) {
    return Optional.ofNullable(pods.get(id));
  }

  /** Finds by name, id or the beginning of an id. */
  Optional<SimulatedContainer> findContainer(String key) {
    return key.isEmpty()
        ? Optional.empty()
        : containers()
            .filter(container -> container.name.equals(key) || container.id.startsWith(key))
            .findFirst();
  }

  Stream<SimulatedContainer> containers() {
    return pods.values().stream().flatMap(pod -> pod.containers.stream());
  }

  SimulatedPod podOf(SimulatedContainer container) {
    return pods.values().stream()
        .filter(pod -> pod.containers.contains(container))
        .findFirst()
        .orElseThrow();
  }

  int podsInDatabase() {
    return pods.size() + unloaded.size();
  }

  /** Is started again while the machines stay up: what ended is forgotten, addresses are too. */
  void restartKeepingMachines() {
    restart();
    for (SimulatedPod pod : pods.values()) {
      pod.containers.forEach(container -> container.forget(!pod.vm.isEmpty()));
      pod.readAnew();
    }
  }

  /** Is told to end, which stops the machines, and started again. */
  void restartStoppingMachines() {
    restart();
    for (SimulatedPod pod : pods.values()) {
      pod.stop(false);
      pod.containers.forEach(container -> container.forget(false));
      pod.readAnew();
    }
  }

  /**
   * The host goes down and comes up: the pods are not loaded, but their containers' names taken.
   */
  void restartAfterCrash() {
    restart();
    for (SimulatedPod pod : pods.values()) {
      pod.stop(false);
      pod.containers.forEach(container -> container.forget(false));
      pod.readAnew();
      pod.containers.forEach(container -> leaked.put(container.name, container.id));
    }
    unloaded.putAll(pods);
    pods.clear();
  }

  private void restart() {
    processId++;
    nextAddress = FIRST_ADDRESS;
    pods.putAll(unloaded);
    for (SimulatedPod pod : unloaded.values()) {
      pod.containers.forEach(container -> leaked.remove(container.name));
    }
    unloaded.clear();
    isForgetful = true;
  }

  /** Goes through the addresses in order, and again from the first after the last. */
  private int freeAddress() {
    Set<Integer> taken =
        isForgetful
            ? Set.of()
            : pods.values().stream().map(pod -> pod.address).collect(Collectors.toSet());
    int free =
        IntStream.rangeClosed(nextAddress, network.last())
            .filter(address -> !taken.contains(address))
            .findFirst()
            .orElse(FIRST_ADDRESS);
    nextAddress = free == network.last() ? FIRST_ADDRESS : free + 1;
    return free;
  }

  /** Returns ten letters that were not used before. */
  String letters() {
    return HexIds.of("letters" + serial++)
        .chars()
        .limit(10)
        .mapToObj(hex -> String.valueOf((char) ('a' + Character.digit(hex, 16))))
        .collect(Collectors.joining());
  }
}
