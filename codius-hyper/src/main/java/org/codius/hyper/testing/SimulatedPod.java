package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** One pod of a simulated hyperd. Guarded by its daemon's lock. */
final class SimulatedPod {

  /** How it is listed. */
  enum State {
    PENDING(1),
    RUNNING(2),
    PAUSED(3),
    FAILED(4);

    private final int number;

    State(int number) {
      this.number = number;
    }

    /** Returns what it is in the text of some refusals. */
    int number() {
      return number;
    }

    String listed() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int HOST = 1;

  private final SimulatedNetwork network;
  final UserPod spec;
  final List<SimulatedContainer> containers = new ArrayList<>();
  final ObjectNode labels = JsonNodeFactory.instance.objectNode();

  final ArrayNode mappings = JsonNodeFactory.instance.arrayNode();

  /** Completed when it is no longer pending, exceptionally if it never comes up. */
  final CompletableFuture<Void> boot = new CompletableFuture<>();

  State state = State.PENDING;

  /** The machine it is in and its address there; empty and 0 if it has none. */
  String vm;

  int address;

  /** What is told of both for ever, being what was read first. */
  private String toldVm;

  private int toldAddress;
  private final long createdAt = Instant.now().getEpochSecond();

  SimulatedPod(UserPod spec, SimulatedNetwork network, String vm, int address) {
    this.spec = spec;
    this.network = network;
    this.vm = vm;
    this.address = address;
    this.toldVm = vm;
    this.toldAddress = address;
    UserPod.field(spec.json(), "labels")
        .properties()
        .forEach(label -> labels.set(label.getKey(), label.getValue()));
    UserPod.field(spec.json(), "portmappings").forEach(mappings::add);
    for (JsonNode container : spec.containers()) {
      for (JsonNode port : UserPod.field(container, "ports")) {
        mappings
            .addObject()
            .put("containerPort", UserPod.field(port, "containerPort").asText())
            .put("hostPort", UserPod.field(port, "hostPort").asText())
            .put("protocol", "tcp");
      }
    }
  }

  /** Ends its machine. */
  void stop(boolean isKilled) {
    state = State.FAILED;
    vm = "";
    address = 0;
    containers.forEach(container -> container.exit(0, isKilled));
  }

  /** Forgets what was told first, as a restarted daemon does. */
  void readAnew() {
    toldVm = vm;
    toldAddress = address;
  }

  /** Returns the address it really has. */
  String address() {
    return network.address(address);
  }

  String listed() {
    return spec.id() + ":" + spec.id() + ":" + vm + ":" + state.listed();
  }

  ObjectNode infoJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (toldAddress == 0) {
      toldAddress = address;
    }
    json.put("podID", spec.id()).put("kind", "Pod").put("apiVersion", "1.17");
    if (!toldVm.isEmpty()) {
      json.put("vm", toldVm);
    }
    json.put("createdAt", createdAt);
    json.set("spec", spec.infoJson(containers, labels));
    ObjectNode status = json.putObject("status");
    status.put("phase", phase()).put("hostIP", network.address(HOST));
    if (toldAddress != 0) {
      status.putArray("podIP").add(network.told(toldAddress));
    }
    if (!containers.isEmpty()) {
      containers.stream()
          .map(SimulatedContainer::statusJson)
          .forEach(status.putArray("containerStatus")::add);
    }
    return json.put("podName", spec.id());
  }

  private String phase() {
    return switch (state) {
      case PENDING -> "Pending";
      case RUNNING -> "Running";
      case PAUSED -> "Paused";
      case FAILED ->
          containers.stream().anyMatch(container -> container.phase().equals("failed"))
              ? "Failed"
              : "Succeeded";
    };
  }
}
