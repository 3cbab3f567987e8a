package org.codius.hyper.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.network.PodFirewall;
import org.codius.hyper.network.Subnet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instance's pods on a runtime. Every method blocks.
 *
 * <p>A pod is a folder, a cgroup, a sandbox, its place in the firewall and its containers, made in
 * this order and taken away in the reverse one, whatever of them there is. Not to be called for one
 * pod by two threads at a time.
 */
final class CriPods {

  private static final Logger log = LoggerFactory.getLogger(CriPods.class);

  private static final int REMOVE_ATTEMPTS = 4;
  private static final Duration REMOVE_PAUSE = Duration.ofMillis(250);

  private final CriConfig config;
  private final CriClient client;
  private final PodFirewall firewall;
  private final PodCgroups cgroups;
  private final PodFolders folders;

  CriPods(CriConfig config, CriClient client) {
    this.config = config;
    this.client = client;
    this.firewall = PodFirewall.of(config.instance(), config.podSubnets());
    this.cgroups = PodCgroups.of(config.instance());
    this.folders = new PodFolders(config.directory(), config.instance());
  }

  PodFirewall firewall() {
    return firewall;
  }

  PodFolders folders() {
    return folders;
  }

  /** Takes up the pods that run, and clears away what remains of others. */
  void adopt() throws IOException, InterruptedException {
    folders.makeRoot();
    List<PodFirewall.Pod> running = new ArrayList<>();
    Set<PodId> known = new LinkedHashSet<>();
    for (Cri.PodSandbox sandbox : sandboxes(PodConfigs.labels(config.instance()))) {
      PodId id = idOf(sandbox);
      known.add(id);
      if (isReady(sandbox)) {
        running.add(
            new PodFirewall.Pod(id.name(), addressOf(sandbox.getId()), folders.isEgressOpen(id)));
      }
    }
    Set<String> adopted = firewall.adopt(running);
    log.debug("pods adopted pods={}", adopted);
    for (PodId id : folders.list()) {
      if (!known.contains(id)) {
        cgroups.remove(id);
        folders.remove(id);
      }
    }
  }

  PodStatus run(PodSpec spec) throws IOException, InterruptedException {
    Optional<PodStatus> present = status(spec.id());
    if (present.isPresent()) {
      if (present.get().isRunning()) {
        return present.get();
      }
      remove(spec.id());
    }
    try {
      start(spec, Deadline.after(config.limits().startTimeout()));
      if (spec.egress()) {
        openEgress(spec.id());
      }
      return status(spec.id())
          .orElseThrow(
              () ->
                  new PodDriverException(
                      Reason.START_FAILED, "run pod " + spec.id() + ": it is gone already"));
    } catch (IOException | RuntimeException e) {
      try {
        remove(spec.id());
      } catch (IOException | RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private void start(PodSpec spec, Deadline deadline) throws IOException {
    folders.make(spec.id());
    cgroups.make(spec.id(), spec.resources());
    Cri.PodSandboxConfig sandbox =
        PodConfigs.sandbox(
            spec,
            UUID.randomUUID().toString(),
            cgroups.parentOf(spec.id()),
            folders.logs(spec.id()),
            config.nameServers());
    String sandboxId;
    try {
      sandboxId = client.runSandbox(sandbox, config.runtimeHandler(), deadline.remaining());
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("run pod " + spec.id(), Reason.START_FAILED, e);
    }
    firewall.admit(spec.id().name(), addressOf(sandboxId));
    List<String> containers = new ArrayList<>();
    for (int i = 0; i < spec.containers().size(); i++) {
      PodSpec.Container container = spec.containers().get(i);
      try {
        containers.add(
            client.createContainer(
                PodConfigs.container(spec, i, sandboxId, sandbox), deadline.remaining()));
      } catch (StatusRuntimeException e) {
        throw CriErrors.onCreate(container.name(), container.image(), e);
      }
    }
    for (int i = 0; i < containers.size(); i++) {
      PodSpec.Container container = spec.containers().get(i);
      try {
        client.startContainer(containers.get(i), deadline.remaining());
      } catch (StatusRuntimeException e) {
        throw CriErrors.onStart(container.name(), container.image(), e);
      }
    }
  }

  void openEgress(PodId id) throws IOException {
    if (!id.instance().equals(config.instance())) {
      throw new PodDriverException(
          Reason.NO_SUCH_POD, "open egress of " + id + ": it is not this instance's");
    }
    firewall.openEgress(id.name());
    folders.markEgressOpen(id);
  }

  Optional<PodStatus> status(PodId id) {
    return statuses(PodConfigs.labels(id)).stream().findFirst();
  }

  List<PodStatus> list() {
    return statuses(PodConfigs.labels(config.instance()));
  }

  /** Returns the pods that bear the label of another instance. */
  List<PodId> others() {
    try {
      return sandboxes(Map.of()).stream()
          .map(Cri.PodSandbox::getLabelsMap)
          .filter(labels -> labels.containsKey(PodConfigs.INSTANCE_LABEL))
          .filter(labels -> labels.containsKey(PodConfigs.POD_LABEL))
          .map(
              labels ->
                  new PodId(
                      labels.getOrDefault(PodConfigs.INSTANCE_LABEL, ""),
                      labels.getOrDefault(PodConfigs.POD_LABEL, "")))
          .filter(id -> !id.instance().equals(config.instance()))
          .distinct()
          .toList();
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("list the pods of others", Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Stops the sandbox: it and its containers stay, for their status and logs. */
  void stop(PodId id) {
    try {
      for (Cri.PodSandbox sandbox : sandboxes(PodConfigs.labels(id))) {
        client.stopSandbox(sandbox.getId(), config.limits().removeTimeout());
      }
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("stop pod " + id, Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  void remove(PodId id) throws IOException, InterruptedException {
    Deadline deadline = Deadline.after(config.limits().removeTimeout());
    int attempts = 1;
    while (!removeSandboxes(id, deadline, attempts == REMOVE_ATTEMPTS)) {
      attempts++;
      TimeUnit.MILLISECONDS.sleep(REMOVE_PAUSE.toMillis());
    }
    firewall.release(id.name());
    cgroups.remove(id);
    folders.remove(id);
  }

  /**
   * Returns whether the runtime has let go of the pod.
   *
   * <p>It fails, with words about its own parts ("ttrpc: closed"), when a container ends by itself
   * while it is being stopped; a moment later there is nothing to stop and it succeeds.
   */
  private boolean removeSandboxes(PodId id, Deadline deadline, boolean isLastAttempt) {
    try {
      for (Cri.PodSandbox sandbox : sandboxes(PodConfigs.labels(id))) {
        client.removeSandbox(sandbox.getId(), deadline.remaining());
      }
      return true;
    } catch (StatusRuntimeException e) {
      if (isLastAttempt || e.getStatus().getCode() != Status.Code.UNKNOWN) {
        throw CriErrors.of("remove pod " + id, Reason.RUNTIME_UNAVAILABLE, e);
      }
      return false;
    }
  }

  /** Returns the ids the runtime has for the pod's containers, in the pod's order. */
  List<Cri.Container> containers(PodId id) {
    if (!id.instance().equals(config.instance())) {
      return List.of();
    }
    try {
      return client.containers(PodConfigs.labels(id), callTimeout()).stream()
          .sorted(Comparator.comparingInt(CriPods::indexOf))
          .toList();
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("look at pod " + id, Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  static int indexOf(Cri.Container container) {
    return Integer.parseInt(container.getLabelsOrDefault(PodConfigs.INDEX_LABEL, "0"));
  }

  private List<PodStatus> statuses(Map<String, String> labels) {
    try {
      // A start that was broken off may have left an older sandbox of the same pod.
      Map<PodId, Cri.PodSandbox> newest = new LinkedHashMap<>();
      for (Cri.PodSandbox sandbox : sandboxes(labels)) {
        newest.merge(
            idOf(sandbox), sandbox, (a, b) -> a.getCreatedAt() >= b.getCreatedAt() ? a : b);
      }
      Map<String, List<Cri.Container>> containers =
          client.containers(labels, callTimeout()).stream()
              .sorted(Comparator.comparingInt(CriPods::indexOf))
              .collect(Collectors.groupingBy(Cri.Container::getPodSandboxId));
      List<PodStatus> statuses = new ArrayList<>();
      newest.forEach(
          (id, sandbox) ->
              status(id, sandbox, containers.getOrDefault(sandbox.getId(), List.of()))
                  .ifPresent(statuses::add));
      return statuses;
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("list pods", Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Returns the pod's status, or empty if it was removed while we looked. */
  private Optional<PodStatus> status(
      PodId id, Cri.PodSandbox sandbox, List<Cri.Container> containers) {
    try {
      List<PodStatus.Container> states = containers.stream().map(this::state).toList();
      return Optional.of(
          isReady(sandbox) && firewall.isAdmitted(id.name())
              ? PodStatus.of(id, states, addressOf(sandbox.getId()))
              : PodStatus.withoutAddress(id, states));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private PodStatus.Container state(Cri.Container container) {
    Cri.ContainerStatus status = client.containerStatus(container.getId(), callTimeout());
    boolean hasEnded = status.getState() == Cri.ContainerState.CONTAINER_EXITED;
    String words =
        status.getMessage().isEmpty()
            ? status.getReason()
            : status.getReason() + ": " + status.getMessage();
    return new PodStatus.Container(
        container.getLabelsOrDefault(PodConfigs.CONTAINER_LABEL, container.getMetadata().getName()),
        status.getState() == Cri.ContainerState.CONTAINER_RUNNING,
        hasEnded ? OptionalInt.of(status.getExitCode()) : OptionalInt.empty(),
        words);
  }

  private List<Cri.PodSandbox> sandboxes(Map<String, String> labels) {
    return client.sandboxes(labels, callTimeout());
  }

  private PodId idOf(Cri.PodSandbox sandbox) {
    return new PodId(config.instance(), sandbox.getLabelsOrThrow(PodConfigs.POD_LABEL));
  }

  private static boolean isReady(Cri.PodSandbox sandbox) {
    return sandbox.getState() == Cri.PodSandboxState.SANDBOX_READY;
  }

  private Inet4Address addressOf(String sandboxId) {
    String ip = client.sandboxStatus(sandboxId, callTimeout()).getNetwork().getIp();
    try {
      return Subnet.parse(ip).address(0);
    } catch (IllegalArgumentException e) {
      throw new PodDriverException(
          Reason.START_FAILED,
          "find the address of sandbox " + sandboxId + ": \"" + ip + "\" (expected: IPv4)",
          e);
    }
  }

  private Duration callTimeout() {
    return config.limits().callTimeout();
  }
}
