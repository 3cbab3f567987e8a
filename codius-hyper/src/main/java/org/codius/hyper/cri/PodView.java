package org.codius.hyper.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.network.PodFirewall;
import org.codius.hyper.network.Subnet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the instance's pods are doing, asked anew each time. Every method blocks. */
final class PodView {

  private static final Logger log = LoggerFactory.getLogger(PodView.class);

  /** What CRI calls a container that the kernel killed for its memory. */
  private static final String OUT_OF_MEMORY = "OOMKilled";

  /** How often in a row containers may be replaced while we look, before that is called broken. */
  private static final int MOST_LOOKS = 3;

  private final CriConfig config;
  private final CriClient client;
  private final PodFirewall firewall;
  private final PodFolders folders;

  PodView(CriConfig config, CriClient client, PodFirewall firewall, PodFolders folders) {
    this.config = config;
    this.client = client;
    this.firewall = firewall;
    this.folders = folders;
  }

  Optional<PodStatus> status(PodId id) {
    return statuses(PodConfigs.labels(id), 1).stream().findFirst();
  }

  /**
   * Returns how a pod is that was just started: by fewer questions, unless something has ended.
   *
   * @param containers the runtime's ids for them, in the pod's order
   */
  PodStatus status(PodSpec spec, List<String> containers, InetAddress address) {
    List<PodStatus.Container> states = new ArrayList<>();
    try {
      for (int i = 0; i < containers.size(); i++) {
        states.add(state(spec.containers().get(i).name(), containers.get(i)));
      }
    } catch (StatusRuntimeException e) {
      log.debug("container not looked at pod={}", spec.id(), e);
      states.clear();
    }
    return !states.isEmpty() && states.stream().allMatch(PodStatus.Container::isRunning)
        ? withLimit(PodStatus.of(spec.id(), states, address))
        : status(spec.id())
            .orElseThrow(
                () ->
                    new PodDriverException(
                        Reason.START_FAILED, "run pod " + spec.id() + ": it is gone already"));
  }

  List<PodStatus> list() {
    return statuses(PodConfigs.labels(config.instance()), 1);
  }

  /** Returns the pods that bear the label of another instance. */
  List<PodId> others() {
    try {
      return sandboxes(Map.of()).stream()
          .flatMap(sandbox -> PodConfigs.podOf(sandbox.getLabelsMap()).stream())
          .filter(id -> !id.instance().equals(config.instance()))
          .distinct()
          .toList();
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("list the pods of others", Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Returns the ids the runtime has for the pod's containers, in the pod's order. */
  List<Cri.Container> containers(PodId id) {
    if (!id.instance().equals(config.instance())) {
      return List.of();
    }
    try {
      return inOrder(client.containers(PodConfigs.labels(id), callTimeout()));
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("look at pod " + id, Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Returns whether no container of the pod runs, or will again. */
  boolean hasEnded(PodId id) {
    return containers(id).stream().noneMatch(container -> isToRun(id, container));
  }

  private boolean isToRun(PodId id, Cri.Container container) {
    if (container.getState() != Cri.ContainerState.CONTAINER_EXITED) {
      return container.getState() != Cri.ContainerState.CONTAINER_UNKNOWN;
    }
    PodSpec.RestartPolicy policy = PodConfigs.restartPolicy(container.getLabelsMap());
    return policy != PodSpec.RestartPolicy.NEVER
        && folders.exceeded(id).isEmpty()
        && sandboxes(id).stream().anyMatch(PodView::isReady)
        && isToRestart(container, policy);
  }

  private boolean isToRestart(Cri.Container container, PodSpec.RestartPolicy policy) {
    try {
      return policy.restartsAfter(
          client.containerStatus(container.getId(), callTimeout()).getExitCode());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return true; // another is in its place by now; if not, the next look tells
      }
      throw e;
    }
  }

  /** Returns the containers as the pod has them; of one that is being replaced, the newer. */
  private static List<Cri.Container> inOrder(List<Cri.Container> containers) {
    Map<Integer, Cri.Container> newest = new TreeMap<>();
    for (Cri.Container container : containers) {
      newest.merge(
          indexOf(container),
          container,
          (a, b) -> a.getMetadata().getAttempt() > b.getMetadata().getAttempt() ? a : b);
    }
    return List.copyOf(newest.values());
  }

  static String nameOf(Cri.Container container) {
    return container.getLabelsOrDefault(
        PodConfigs.CONTAINER_LABEL, container.getMetadata().getName());
  }

  static int indexOf(Cri.Container container) {
    return Integer.parseInt(container.getLabelsOrDefault(PodConfigs.INDEX_LABEL, "0"));
  }

  private List<PodStatus> statuses(Map<String, String> labels, int looks) {
    try {
      // A start that was broken off may have left an older sandbox of the same pod.
      Map<PodId, Cri.PodSandbox> newest = new LinkedHashMap<>();
      for (Cri.PodSandbox sandbox : sandboxes(labels)) {
        newest.merge(
            idOf(sandbox), sandbox, (a, b) -> a.getCreatedAt() >= b.getCreatedAt() ? a : b);
      }
      if (newest.isEmpty()) {
        return List.of();
      }
      Map<String, List<Cri.Container>> containers =
          client.containers(labels, callTimeout()).stream()
              .collect(Collectors.groupingBy(Cri.Container::getPodSandboxId));
      List<PodStatus> statuses = new ArrayList<>();
      newest.forEach(
          (id, sandbox) ->
              status(
                      id,
                      sandbox,
                      inOrder(containers.getOrDefault(sandbox.getId(), List.of())),
                      looks)
                  .ifPresent(statuses::add));
      return statuses;
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("list pods", Reason.RUNTIME_UNAVAILABLE, e);
    }
  }

  /** Returns the pod's status, or empty if it was removed while we looked. */
  private Optional<PodStatus> status(
      PodId id, Cri.PodSandbox sandbox, List<Cri.Container> containers, int looks) {
    try {
      List<PodStatus.Container> states =
          containers.stream().map(each -> state(nameOf(each), each.getId())).toList();
      PodStatus status =
          (isReady(sandbox) && firewall.isAdmitted(id.name())
                  ? confirmedAddress(sandbox)
                  : Optional.<InetAddress>empty())
              .map(address -> PodStatus.of(id, states, address))
              .orElseGet(() -> PodStatus.withoutAddress(id, states));
      return Optional.of(withLimit(status));
    } catch (StatusRuntimeException e) {
      boolean isNotFound = e.getStatus().getCode() == Status.Code.NOT_FOUND;
      if (isNotFound && sandboxes(id).isEmpty()) {
        return Optional.empty();
      }
      if (isNotFound && looks < MOST_LOOKS) { // a container was, as another is in its place by now
        return statuses(PodConfigs.labels(id), looks + 1).stream().findFirst();
      }
      if (!isNotFound && e.getStatus().getCode() != Status.Code.UNKNOWN) {
        throw e;
      }
      log.warn("pod is broken pod={} reason={}", id, e.getStatus().getDescription());
      return Optional.of(
          PodStatus.withoutAddress(
              id, containers.stream().map(container -> brokenState(container, e)).toList()));
    }
  }

  private Optional<InetAddress> confirmedAddress(Cri.PodSandbox sandbox) {
    try {
      return Optional.of(addressOf(sandbox.getId()));
    } catch (PodDriverException e) {
      log.warn("pod has lost its address pod={} reason={}", idOf(sandbox), e.getMessage());
      return Optional.empty();
    }
  }

  private PodStatus withLimit(PodStatus status) {
    return exceeded(status).map(status::exceeding).orElse(status);
  }

  private Optional<PodLimit> exceeded(PodStatus status) {
    return folders
        .exceeded(status.id())
        .or(
            () ->
                status.containers().stream().anyMatch(one -> isOutOfMemory(one.reason()))
                    ? Optional.of(PodLimit.MEMORY_LIMIT)
                    : Optional.empty());
  }

  static boolean isOutOfMemory(String reason) {
    return reason.startsWith(OUT_OF_MEMORY);
  }

  private static PodStatus.Container brokenState(
      Cri.Container container, StatusRuntimeException e) {
    return new PodStatus.Container(
        nameOf(container),
        "",
        false,
        OptionalInt.empty(),
        String.valueOf(e.getStatus().getDescription()));
  }

  private PodStatus.Container state(String name, String containerId) {
    Cri.ContainerStatus status = client.containerStatus(containerId, callTimeout());
    boolean hasEnded = status.getState() == Cri.ContainerState.CONTAINER_EXITED;
    String words =
        status.getMessage().isEmpty()
            ? status.getReason()
            : status.getReason() + ": " + status.getMessage();
    return new PodStatus.Container(
        name,
        status.getImageRef().contains("@") ? status.getImageRef() : "", // else only its own id
        status.getState() == Cri.ContainerState.CONTAINER_RUNNING,
        hasEnded ? OptionalInt.of(status.getExitCode()) : OptionalInt.empty(),
        words);
  }

  /** Returns the sandboxes of all pods of the instance. */
  List<Cri.PodSandbox> sandboxes() {
    return sandboxes(PodConfigs.labels(config.instance()));
  }

  /** Returns the sandboxes of one pod: more than one only where a start was broken off. */
  List<Cri.PodSandbox> sandboxes(PodId id) {
    return sandboxes(PodConfigs.labels(id));
  }

  /** Without those whose labels are none of ours, whoever made them and calls them so. */
  private List<Cri.PodSandbox> sandboxes(Map<String, String> labels) {
    return client.sandboxes(labels, callTimeout()).stream()
        .filter(sandbox -> PodConfigs.podOf(sandbox.getLabelsMap()).isPresent())
        .toList();
  }

  /** Returns the containers of all pods of the instance. */
  List<Cri.Container> containers() {
    return client.containers(PodConfigs.labels(config.instance()), callTimeout()).stream()
        .filter(container -> PodConfigs.podOf(container.getLabelsMap()).isPresent())
        .toList();
  }

  PodId idOf(Cri.Container container) {
    return PodConfigs.podOf(container.getLabelsMap()).orElseThrow();
  }

  PodId idOf(Cri.PodSandbox sandbox) {
    return PodConfigs.podOf(sandbox.getLabelsMap()).orElseThrow();
  }

  static boolean isReady(Cri.PodSandbox sandbox) {
    return sandbox.getState() == Cri.PodSandboxState.SANDBOX_READY;
  }

  Inet4Address addressOf(String sandboxId) {
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
