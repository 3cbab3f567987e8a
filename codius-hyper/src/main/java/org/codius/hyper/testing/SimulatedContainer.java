package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** One container of a simulated pod. Guarded by its daemon's lock. */
final class SimulatedContainer {

  /** Where its process is. */
  enum State {
    CREATED,
    RUNNING,
    ENDED
  }

  private static final int KILLED = 137;

  String name;
  final String id;
  final SimulatedLog log;
  private final SimulatedImage image;
  private final JsonNode spec;
  State state = State.CREATED;
  private boolean wasKilled;
  private int exitCode;
  private Instant startedAt = Instant.EPOCH;
  private Instant finishedAt = Instant.EPOCH;

  /** Completed when the process ends. */
  CompletableFuture<Void> end = new CompletableFuture<>();

  SimulatedContainer(String name, String id, SimulatedImage image, JsonNode spec) {
    this.name = name;
    this.id = id;
    this.image = image;
    this.spec = spec;
    this.log = new SimulatedLog(name, UserPod.field(spec, "tty").asBoolean());
  }

  void start() {
    if (state != State.RUNNING) {
      state = State.RUNNING;
      wasKilled = false;
      startedAt = Instant.now();
      end = new CompletableFuture<>();
    }
  }

  void exit(int code, boolean isKilled) {
    if (state == State.RUNNING) {
      state = State.ENDED;
      exitCode = code;
      wasKilled = isKilled;
      finishedAt = Instant.now();
      end.complete(null);
    }
  }

  /** Does what a restart of the daemon does to it. */
  void forget(boolean isVmKept) {
    log.isCutOff = true;
    if (isVmKept && state == State.RUNNING) {
      startedAt = Instant.now();
    } else {
      state = State.CREATED;
      end.complete(null);
    }
  }

  boolean isOf(String imageReference) {
    return image.tagged().equals(imageReference) || image.digested().equals(imageReference);
  }

  String imageId() {
    return image.id();
  }

  /** Whether it asks for ulimits, with which none was seen to start. */
  boolean hasLimits() {
    return !UserPod.field(spec, "ulimits").isEmpty();
  }

  /** Returns the word of {@code /list}, which goes by the exit code only. */
  String listedStatus() {
    return switch (state) {
      case CREATED -> "pending";
      case RUNNING -> "running";
      case ENDED -> exitCode == 0 ? "succeeded" : "failed";
    };
  }

  /** Returns the answer of {@code /exitcode}: 137 for who was ever killed. */
  int toldExitCode() {
    return wasKilled ? KILLED : exitCode;
  }

  /** Returns the word of {@code /pod/info}, for which who was killed has failed. */
  String phase() {
    return state == State.ENDED && wasKilled ? "failed" : listedStatus();
  }

  ObjectNode statusJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name).put("containerID", id).put("phase", phase());
    ObjectNode waiting = json.putObject("waiting");
    ObjectNode running = json.putObject("running");
    ObjectNode terminated = json.putObject("terminated");
    switch (state) {
      case CREATED -> waiting.put("reason", "Pending");
      case RUNNING -> running.put("startedAt", time(startedAt));
      case ENDED -> {
        if (exitCode != 0) {
          terminated.put("exitCode", exitCode);
        }
        terminated
            .put("reason", phase().equals("failed") ? "Failed" : "Succeeded")
            .put("startedAt", time(startedAt))
            .put("finishedAt", time(finishedAt));
      }
    }
    return json;
  }

  private static String time(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  ObjectNode specJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", "/" + name)
        .put("containerID", id)
        .put("image", UserPod.field(spec, "image").asText())
        .put("imageID", "sha256:" + image.id());
    String workdir = UserPod.field(spec, "workdir").asText();
    json.put("workingDir", workdir.isEmpty() ? image.workdir() : workdir);
    if (UserPod.field(spec, "tty").asBoolean()) {
      json.put("tty", true);
    }
    List<String> command = command();
    if (!command.isEmpty()) {
      command.forEach(json.putArray("commands")::add);
    }
    List<String> arguments = arguments(command);
    if (!arguments.isEmpty()) {
      arguments.forEach(json.putArray("args")::add);
    }
    ArrayNode variables = json.putArray("env");
    variables()
        .forEach((name, value) -> variables.addObject().put("env", name).put("value", value));
    ArrayNode mounts = json.putArray("volumeMounts");
    for (JsonNode mount : UserPod.field(spec, "volumes")) {
      ObjectNode node = mounts.addObject();
      node.put("name", UserPod.field(mount, "volume").asText());
      node.put("mountPath", UserPod.field(mount, "path").asText());
      if (UserPod.field(mount, "readOnly").asBoolean()) {
        node.put("readOnly", true);
      }
    }
    mounts.addObject().put("name", "etchosts-volume").put("mountPath", "/etc/hosts");
    JsonNode labels = UserPod.field(spec, "labels");
    if (!labels.isEmpty()) {
      json.set("labels", labels);
    }
    return json;
  }

  /** Returns all of what is executed but the program. */
  private List<String> arguments(List<String> command) {
    List<String> all = new ArrayList<>(UserPod.strings(spec, "entrypoint"));
    all.addAll(all.isEmpty() && command.isEmpty() ? image.command() : command);
    return all.isEmpty() ? all : all.subList(1, all.size());
  }

  List<String> command() {
    return UserPod.strings(spec, "command");
  }

  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>(image.environment());
    for (JsonNode variable : UserPod.field(spec, "envs")) {
      variables.put(
          UserPod.field(variable, "env").asText(), UserPod.field(variable, "value").asText());
    }
    return variables;
  }
}
