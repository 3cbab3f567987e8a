package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The calls to one container, each of which says differently that there is none. */
final class SimulatorContainerRoutes {

  /** What hyperd waited ten seconds for. */
  private static final long EXEC_WAIT_MILLIS = 200;

  private static final int KILL = 9;

  private final SimulatedDaemon daemon;

  SimulatorContainerRoutes(SimulatedDaemon daemon) {
    this.daemon = daemon;
  }

  /** Returns the answer, or empty if this knows no such call. */
  Optional<SimulatorReply> answer(SimulatorRequest request) {
    String key = request.get("container");
    return switch (request.route()) {
      case "POST /container/create" -> Optional.of(create(request));
      case "GET /container/info" -> Optional.of(info(key));
      case "POST /container/start" -> {
        container(key, "The container (%s) can not be found").start();
        yield Optional.of(SimulatorReply.ok(200));
      }
      case "POST /container/stop" -> {
        terminate(container(key, "can not found container %s"));
        yield Optional.of(SimulatorReply.ok(200));
      }
      case "POST /container/kill" -> {
        kill(container(key, "can not find container %s"), request.get("signal"));
        yield Optional.of(SimulatorReply.ok(201));
      }
      case "POST /container/remove" -> {
        SimulatedContainer container = container(key, "cannot find container %s");
        daemon.podOf(container).containers.remove(container);
        yield Optional.of(SimulatorReply.nothing(SimulatorReply.JSON));
      }
      case "POST /container/rename" -> Optional.of(rename(request));
      case "POST /exec/create" -> Optional.of(createExec(request));
      case "POST /tty/resize" -> Optional.of(resize(request));
      default -> Optional.empty();
    };
  }

  private SimulatorReply create(SimulatorRequest request) {
    String podId = request.get("podId");
    if (podId.isEmpty()) {
      throw new HyperdRefusal("podId is required to create a new container");
    }
    SimulatedPod pod =
        daemon
            .findPod(podId)
            .orElseThrow(() -> new HyperdRefusal("The pod(" + podId + ") can not be found"));
    JsonNode spec = UserPod.read(request.json());
    String name = UserPod.field(spec, "name").asText();
    daemon
        .findContainer(name)
        .map(daemon::podOf)
        .filter(holder -> holder != pod)
        .ifPresent(
            holder -> {
              throw new HyperdRefusal(
                  "could not reserve name %s: the container name %s has already taken by pod %s"
                      .formatted(name, name, holder.spec.id()));
            });
    SimulatedContainer container = daemon.createContainer(pod, name, spec);
    pod.containers.add(container);
    return SimulatorReply.json(201, JsonNodeFactory.instance.objectNode().put("ID", container.id));
  }

  private SimulatorReply info(String key) {
    if (key.isEmpty()) {
      throw new HyperdRefusal("Empty container name");
    }
    SimulatedContainer container = container(key, "Can not find container by name(%s)");
    SimulatedPod pod = daemon.podOf(container);
    JsonNode createdAt = pod.infoJson().path("createdAt");
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("container", container.specJson());
    json.set("createdAt", createdAt);
    json.put("podID", pod.spec.id()).set("status", container.statusJson());
    return SimulatorReply.json(200, json);
  }

  private void kill(SimulatedContainer container, String signal) {
    if (signal.equals(Integer.toString(KILL))) {
      container.exit(128 + KILL, true);
    } else {
      terminate(container);
    }
  }

  private void terminate(SimulatedContainer container) {
    container.exit(daemon.exitCodesOnTerminate.getOrDefault(container.name, 0), true);
  }

  private SimulatorReply rename(SimulatorRequest request) {
    String newName = request.get("newName");
    container(request.get("oldName"), "caonnot find pod contains container %s to rename").name =
        newName;
    return SimulatorReply.done(200, newName);
  }

  private SimulatorReply createExec(SimulatorRequest request) {
    SimulatedContainer container = container(request.get("container"), "cannot find container %s");
    String id = "exec-" + daemon.letters();
    boolean isTty = request.get("tty").matches("yes|true|on");
    daemon.execs.put(
        id, new SimulatedExec(container.id, UserPod.words(request.get("command")), isTty));
    return SimulatorReply.json(201, JsonNodeFactory.instance.textNode(id));
  }

  private SimulatorReply resize(SimulatorRequest request) {
    for (String size : new String[] {request.get("h"), request.get("w")}) {
      if (!size.matches("[0-9]+")) {
        throw new HyperdRefusal("strconv.Atoi: parsing \"" + size + "\": invalid syntax");
      }
    }
    container(request.get("container"), "cannot find container %s");
    String exec = request.get("exec");
    if (!exec.isEmpty() && !daemon.execs.containsKey(exec)) {
      throw new HyperdRefusal("Error: ");
    }
    return new SimulatorReply(200, "", "", false);
  }

  /** Waits for the container to exit, without end, or a while for a program in it. */
  CompletableFuture<SimulatorReply> exitCode(String key, String exec) {
    synchronized (daemon) {
      SimulatedContainer container = container(key, "cannot find container %s");
      if (!exec.isEmpty()) {
        return execExitCode(container, exec);
      }
      CompletableFuture<Void> end =
          container.state == SimulatedContainer.State.RUNNING
              ? container.end
              : CompletableFuture.completedFuture(null);
      return end.thenApply(ended -> number(container.toldExitCode()));
    }
  }

  private CompletableFuture<SimulatorReply> execExitCode(SimulatedContainer container, String id) {
    return daemon
        .findExec(container.name, id)
        .orElseThrow(
            () ->
                new HyperdRefusal("no exec %s exists for container %s".formatted(id, container.id)))
        .end()
        .copy()
        .orTimeout(EXEC_WAIT_MILLIS, TimeUnit.MILLISECONDS)
        .handle(
            (code, late) -> {
              if (late != null) {
                throw new HyperdRefusal("wait exec exit code timeout");
              }
              return number(code);
            });
  }

  private static SimulatorReply number(int code) {
    return SimulatorReply.json(200, JsonNodeFactory.instance.numberNode(code));
  }

  private SimulatedContainer container(String key, String refusal) {
    return daemon.findContainer(key).orElseThrow(() -> new HyperdRefusal(refusal.formatted(key)));
  }
}
