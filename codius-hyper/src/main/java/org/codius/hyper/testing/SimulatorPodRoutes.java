package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The calls to one pod, each of which says differently that there is none. */
final class SimulatorPodRoutes {

  private static final Pattern PORT_MAPPINGS =
      Pattern.compile("(GET|PUT) /pod/([^/]+)/portmappings(/.*)?");
  private static final int KILL = 9;
  private static final int TERMINATE = 15;

  private final SimulatedDaemon daemon;

  SimulatorPodRoutes(SimulatedDaemon daemon) {
    this.daemon = daemon;
  }

  /** Waits for a pod that is being created. */
  CompletableFuture<SimulatorReply> start(String id) {
    synchronized (daemon) {
      SimulatedPod pod = pod(id, "The pod(%s) can not be found, please create it first");
      return pod.boot.thenApply(
          up -> {
            synchronized (daemon) {
              daemon.start(pod);
              return SimulatorReply.ok(200);
            }
          });
    }
  }

  CompletableFuture<SimulatorReply> delete(String id) {
    synchronized (daemon) {
      SimulatedPod pod = pod(id, "Can not find that Pod(%s)");
      return pod.boot.thenApply(
          up -> {
            synchronized (daemon) {
              daemon.delete(pod);
              return SimulatorReply.done(200, id);
            }
          });
    }
  }

  SimulatorReply answer(SimulatorRequest request) {
    Matcher mappings = PORT_MAPPINGS.matcher(request.route());
    if (mappings.matches()) {
      SimulatedPod pod = pod(mappings.group(2), "Pod %s not found");
      return request.method().equals("GET")
          ? SimulatorReply.json(200, object().set("portMappings", pod.mappings))
          : changeMappings(pod, String.valueOf(mappings.group(3)), request.body());
    }
    return switch (request.route()) {
      case "GET /pod/info" -> SimulatorReply.json(200, informed(request.get("podName")).infoJson());
      case "POST /pod/stop" -> stop(request.get("podId"));
      case "POST /pod/kill" -> kill(request);
      case "POST /pod/pause" ->
          change(
              request.get("podId"), "pause", SimulatedPod.State.RUNNING, SimulatedPod.State.PAUSED);
      case "POST /pod/unpause" ->
          change(
              request.get("podId"),
              "unpause",
              SimulatedPod.State.PAUSED,
              SimulatedPod.State.RUNNING);
      case "POST /pod/labels" -> labels(request);
      case "GET /pod/stats" -> stats(request.get("podId"));
      case "GET /service/list" -> {
        serviced(request);
        yield SimulatorReply.json(200, JsonNodeFactory.instance.nullNode());
      }
      case "POST /service/add", "POST /service/update", "DELETE /service" ->
          changeServices(request);
      default -> SimulatorReply.noRoute();
    };
  }

  private SimulatorReply stop(String id) {
    SimulatedPod pod = pod(id, "Can not find pod(%s)");
    if (pod.state != SimulatedPod.State.FAILED) {
      pod.stop(true);
    }
    return SimulatorReply.done(200, id);
  }

  private SimulatorReply kill(SimulatorRequest request) {
    String id = request.get("podName");
    SimulatedPod pod = pod(id, "can not find pod %s");
    String container = request.get("container");
    int signal = signal(request.get("signal"));
    if (container.isEmpty()) {
      if (signal == KILL) {
        pod.stop(true);
      } else {
        pod.containers.forEach(each -> each.exit(0, true));
      }
      return SimulatorReply.ok(200);
    }
    pod.containers.stream()
        .filter(each -> each.name.equals(container))
        .findFirst()
        .orElseThrow(
            () -> new HyperdRefusal("can not get container " + container + " in pod " + id))
        .exit(signal == KILL ? 128 + KILL : 0, true);
    return SimulatorReply.ok(200);
  }

  private static int signal(String text) {
    return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : TERMINATE;
  }

  private SimulatorReply change(
      String id, String verb, SimulatedPod.State from, SimulatedPod.State to) {
    SimulatedPod pod = informed(id);
    if (pod.state != from) {
      throw new HyperdRefusal(verb + ": pod state is not valid: " + pod.state.number());
    }
    pod.state = to;
    return SimulatorReply.nothing("");
  }

  private SimulatorReply labels(SimulatorRequest request) {
    SimulatedPod pod = pod(request.get("podId"), "Can not get Pod %s info");
    JsonNode added = UserPod.read(request.get("labels"));
    boolean overrides = request.get("override").matches("true|yes");
    for (var label : added.properties()) {
      if (pod.labels.has(label.getKey()) && !overrides) {
        throw new HyperdRefusal("Can't update label " + label.getKey() + " without override flag");
      }
    }
    added.properties().forEach(label -> pod.labels.set(label.getKey(), label.getValue()));
    return SimulatorReply.done(201, pod.spec.id());
  }

  private SimulatorReply stats(String id) {
    SimulatedPod pod = pod(id, "Can not get Pod stats with pod ID(%s)");
    throw new HyperdRefusal(
        pod.state == SimulatedPod.State.RUNNING
            ? "Stats for pod " + id + " is nil"
            : "Can not get pod stats for non-running pod (" + id + ")");
  }

  private static SimulatorReply changeMappings(SimulatedPod pod, String verb, String body) {
    if (!verb.equals("/add") && !verb.equals("/delete")) {
      return new SimulatorReply(
          400, SimulatorReply.TEXT, "Only add or delete operation are permitted", false);
    }
    JsonNode changes;
    try {
      changes = UserPod.read(body);
    } catch (HyperdRefusal refusal) {
      throw new HyperdRefusal(400, "failed to parse json: " + refusal.text());
    }
    for (JsonNode change : changes) {
      if (verb.equals("/add")) {
        pod.mappings.add(change);
      } else {
        pod.mappings.removeIf(
            mapping ->
                mapping.path("containerPort").equals(change.path("containerPort"))
                    && mapping.path("protocol").equals(change.path("protocol")));
      }
    }
    return SimulatorReply.nothing("");
  }

  /** The recorded guest's kernel had no such thing. */
  private SimulatorReply changeServices(SimulatorRequest request) {
    serviced(request);
    UserPod.read(request.get("services"));
    throw new HyperdRefusal("exit with error code:2");
  }

  private SimulatedPod serviced(SimulatorRequest request) {
    return pod(request.get("podId"), "The pod(%s) can not be found, please create it first");
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private SimulatedPod informed(String id) {
    return pod(id, "Can not get Pod info with pod ID(%s)");
  }

  private SimulatedPod pod(String id, String refusal) {
    return daemon.findPod(id).orElseThrow(() -> new HyperdRefusal(refusal.formatted(id)));
  }
}
