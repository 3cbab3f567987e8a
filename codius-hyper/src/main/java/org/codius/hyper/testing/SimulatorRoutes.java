package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What a simulated hyperd answers to which call, logs excepted. A call it does not know is answered
 * as by hyperd's router.
 */
final class SimulatorRoutes {

  /** A bug that ends the call without an answer. */
  static final class Panic extends RuntimeException {

    Panic() {
      super("nil", null, false, false);
    }
  }

  private final SimulatedDaemon daemon;
  private final SimulatorContainerRoutes containers;
  private final SimulatorPodRoutes pods;

  SimulatorRoutes(SimulatedDaemon daemon) {
    this.daemon = daemon;
    this.containers = new SimulatorContainerRoutes(daemon);
    this.pods = new SimulatorPodRoutes(daemon);
  }

  CompletableFuture<SimulatorReply> answer(SimulatorRequest request) {
    return switch (request.route()) {
      case "POST /pod/create" ->
          daemon.create(request.json()).thenApply(id -> SimulatorReply.done(201, id));
      case "POST /pod/start" -> pods.start(request.get("podId"));
      case "DELETE /pod" -> pods.delete(request.get("podId"));
      case "GET /exitcode" -> containers.exitCode(request.get("container"), request.get("exec"));
      default -> now(() -> answerNow(request));
    };
  }

  private CompletableFuture<SimulatorReply> now(Supplier<SimulatorReply> answer) {
    synchronized (daemon) {
      return CompletableFuture.completedFuture(answer.get());
    }
  }

  private SimulatorReply answerNow(SimulatorRequest request) {
    return switch (request.route()) {
      case "GET /_ping" -> new SimulatorReply(200, SimulatorReply.TEXT, "OK", false);
      case "GET /version" ->
          SimulatorReply.json(200, object().put("ID", daemon.processId).put("Version", "1.1.0"));
      case "GET /info" -> SimulatorReply.json(200, info());
      case "GET /list" -> list(request);
      case "POST /image/create" ->
          SimulatorReply.progress(daemon.images.pull(request.get("imageName"), request.get("tag")));
      case "DELETE /image" -> removeImage(request.get("imageId"));
      case "GET /images/get" -> images(request.get("filter"));
      case "POST /image/load" -> load(request);
      case "POST /image/push" ->
          SimulatorReply.progress(daemon.images.push(request.get("remote"), request.get("tag")));
      default -> containers.answer(request).orElseGet(() -> pods.answer(request));
    };
  }

  private ObjectNode info() {
    ObjectNode json = object();
    json.put("Containers", daemon.containers().count())
        .put("DockerRootDir", SimulatedDaemon.ROOT)
        .put("Driver", "overlay");
    json.putArray("DriverStatus").addArray().add("Backing Filesystem").add("extfs");
    return json.put("ExecutionDriver", "qemu")
        .put("ID", daemon.processId)
        .put("Images", daemon.images.count())
        .put("IndexServerAddress", "https://index.docker.io/v1/")
        .put("MemTotal", 24684084)
        .put("Name", "vm")
        .put("Operating System", "Debian GNU/Linux 12 (bookworm)")
        .put("Pods", daemon.podsInDatabase());
  }

  /** A machine asked for together with a pod that is not there is a nil too far. */
  private SimulatorReply list(SimulatorRequest request) {
    String item = request.get("item");
    String pod = request.get("pod");
    String vm = request.get("vm");
    if (!pod.isEmpty() && !vm.isEmpty() && daemon.findPod(pod).isEmpty()) {
      throw new Panic();
    }
    ObjectNode json = object().put("item", item);
    ArrayNode rows =
        switch (item) {
          case "pod" -> json.putArray("podData");
          case "container" -> json.putArray("cData");
          case "vm" -> json.putArray("vmData");
          default -> throw new HyperdRefusal("Can not support " + item + " list!");
        };
    for (SimulatedPod each : daemon.pods.values()) {
      if ((pod.isEmpty() || each.spec.id().equals(pod)) && (vm.isEmpty() || each.vm.equals(vm))) {
        addRows(item, each, rows);
      }
    }
    return SimulatorReply.json(201, json);
  }

  private static void addRows(String item, SimulatedPod pod, ArrayNode rows) {
    String id = pod.spec.id();
    switch (item) {
      case "pod" -> rows.add(pod.listed());
      case "container" ->
          pod.containers.forEach(
              container ->
                  rows.add(
                      String.join(
                          ":", container.id, container.name, id, container.listedStatus())));
      default -> {
        if (!pod.vm.isEmpty()) {
          boolean isPaused = pod.state == SimulatedPod.State.PAUSED;
          rows.add(pod.vm + ":" + id + ":" + (isPaused ? "paused" : "associated"));
        }
      }
    }
  }

  private SimulatorReply images(String filter) {
    ObjectNode json = object();
    daemon.images.list(filter).forEach(json.putArray("imagesList")::add);
    return SimulatorReply.json(200, json);
  }

  private SimulatorReply removeImage(String reference) {
    if (reference.isEmpty()) {
      throw new HyperdRefusal("image name cannot be blank");
    }
    daemon
        .containers()
        .filter(container -> container.isOf(reference))
        .findFirst()
        .ifPresent(
            container -> {
              throw new HyperdRefusal(
                  ("conflict: unable to remove repository reference \"%s\" (must force) - container"
                          + " %.12s is using its referenced image %.12s")
                      .formatted(reference, container.id, container.imageId()));
            });
    ArrayNode done = JsonNodeFactory.instance.arrayNode();
    daemon
        .images
        .remove(reference)
        .forEach(change -> done.addObject().put(change.getKey(), change.getValue()));
    return SimulatorReply.json(200, object().set("imagesList", done));
  }

  private SimulatorReply load(SimulatorRequest request) {
    SimulatedArchive.read(request.body()).images().forEach(daemon.images::load);
    return new SimulatorReply(200, SimulatorReply.JSON, "", false);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
