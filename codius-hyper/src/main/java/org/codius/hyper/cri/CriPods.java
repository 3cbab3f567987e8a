package org.codius.hyper.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.network.PodFirewall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the instance's pods on a runtime, and takes them away. Every method blocks.
 *
 * <p>A pod is a folder, a cgroup, a sandbox, its place in the firewall and its containers, made in
 * this order and taken away in the reverse one, whatever of them there is. Not to be called for one
 * pod by two threads at a time.
 */
final class CriPods {

  private static final Logger log = LoggerFactory.getLogger(CriPods.class);

  private static final int REMOVE_ATTEMPTS = 4;
  private static final Duration REMOVE_PAUSE = Duration.ofMillis(250);

  /** How much of what a flooding container wrote is left, in bytes. */
  private static final long FLOOD_REST = 1 << 20;

  private final CriConfig config;
  private final CriClient client;
  private final PodFirewall firewall;
  private final PodCgroups cgroups;
  private final PodFolders folders;
  private final PodView view;
  private final ImageStore images;
  private final Workers admissions;

  CriPods(
      CriConfig config,
      CriClient client,
      PodFirewall firewall,
      PodCgroups cgroups,
      PodFolders folders,
      PodView view,
      ImageStore images,
      Workers admissions) {
    this.config = config;
    this.client = client;
    this.firewall = firewall;
    this.cgroups = cgroups;
    this.folders = folders;
    this.view = view;
    this.images = images;
    this.admissions = admissions;
  }

  /** Takes up the pods that run, and clears away what remains of others. */
  void adopt() throws IOException, InterruptedException {
    folders.makeRoot();
    List<PodFirewall.Pod> running = new ArrayList<>();
    Set<PodId> known = new LinkedHashSet<>();
    for (Cri.PodSandbox sandbox : view.sandboxes()) {
      PodId id = view.idOf(sandbox);
      known.add(id);
      if (PodView.isReady(sandbox)) {
        running.add(new PodFirewall.Pod(id.name(), addresses(sandbox), folders.isEgressOpen(id)));
      }
    }
    Set<String> adopted = firewall.adopt(running);
    var unused = firewall.verify(); // what it finds is in the log
    log.debug("pods adopted pods={}", adopted);
    for (PodId id : folders.list()) {
      if (!known.contains(id)) {
        cgroups.remove(id);
        folders.remove(id);
      }
    }
  }

  private List<InetAddress> addresses(Cri.PodSandbox sandbox) {
    try {
      return List.of(view.addressOf(sandbox.getId()));
    } catch (StatusRuntimeException | PodDriverException e) {
      log.warn("address of a pod not known pod={}", view.idOf(sandbox), e);
      return List.of();
    }
  }

  PodStatus run(PodSpec spec, BooleanSupplier isCancelled)
      throws IOException, InterruptedException {
    Optional<PodStatus> present = view.status(spec.id());
    if (present.isPresent()) {
      if (present.get().isRunning()) {
        return present.get();
      }
      remove(spec.id());
    }
    try {
      Started started = start(spec, Deadline.after(config.limits().startTimeout()), isCancelled);
      if (spec.egress()) {
        openEgress(spec.id());
      }
      failIf(isCancelled, spec.id());
      return view.status(spec, started.containers(), started.address());
    } catch (IOException | RuntimeException e) {
      try {
        remove(spec.id());
      } catch (IOException | RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private Started start(PodSpec spec, Deadline deadline, BooleanSupplier isCancelled)
      throws IOException, InterruptedException {
    PodId id = spec.id();
    folders.make(id);
    cgroups.make(id, spec.resources(), config.isolation());
    Cri.PodSandboxConfig sandbox =
        PodConfigs.sandbox(
            spec,
            UUID.randomUUID().toString(),
            cgroups.parentOf(id),
            folders.logs(id),
            config.nameServers(),
            config.hasUserNamespaces());
    String sandboxId;
    try {
      sandboxId = client.runSandbox(sandbox, config.runtimeHandler(), deadline.remaining());
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("run pod " + id, Reason.START_FAILED, e);
    }
    // Takes less than making the containers, none of which starts before it is done.
    CompletionStage<InetAddress> admission =
        admissions.submit("admit pod " + id, () -> admit(id, sandboxId));
    List<String> containers = new ArrayList<>();
    InetAddress address;
    try {
      for (int i = 0; i < spec.containers().size(); i++) {
        failIf(isCancelled, id);
        containers.add(
            create(spec, i, PodConfigs.container(spec, i, sandboxId, sandbox), deadline));
      }
    } finally {
      address = await(admission); // also so that whoever removes the pod finds it admitted
    }
    for (int i = 0; i < containers.size(); i++) {
      failIf(isCancelled, id);
      PodSpec.Container container = spec.containers().get(i);
      try {
        client.startContainer(containers.get(i), deadline.remaining());
      } catch (StatusRuntimeException e) {
        throw CriErrors.onStart(container.name(), container.image(), e);
      }
      if (container.limits().processes() != Integer.MAX_VALUE) {
        cgroups.limitProcesses(id, containers.get(i), container.limits().processes());
      }
    }
    return new Started(address, containers);
  }

  /**
   * A pod whose containers were started.
   *
   * @param containers their ids, in the pod's order
   */
  private record Started(InetAddress address, List<String> containers) {}

  private InetAddress admit(PodId id, String sandboxId) {
    InetAddress address = view.addressOf(sandboxId);
    firewall.admit(id.name(), address);
    return address;
  }

  private static InetAddress await(CompletionStage<InetAddress> admission)
      throws InterruptedException {
    try {
      return admission.toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PodDriverException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private String create(
      PodSpec spec, int index, Cri.CreateContainerRequest request, Deadline deadline)
      throws IOException {
    PodSpec.Container container = spec.containers().get(index);
    if (spec.restartPolicy() != PodSpec.RestartPolicy.NEVER) {
      folders.keepOrder(spec.id(), index, request.toByteArray());
    }
    images.noteUse(container.image());
    try {
      return client.createContainer(request, deadline.remaining());
    } catch (StatusRuntimeException e) {
      throw CriErrors.onCreate(container.name(), container.image(), e);
    }
  }

  private static void failIf(BooleanSupplier isCancelled, PodId id) {
    if (isCancelled.getAsBoolean()) {
      throw new PodDriverException(Reason.START_FAILED, "run pod " + id + ": nobody waits for it");
    }
  }

  /** Starts a container that has ended as it was started first, if that is still wanted. */
  void restart(PodId id, String containerId, int attempt) throws IOException {
    Optional<Cri.Container> ended =
        view.containers(id).stream()
            .filter(container -> container.getId().equals(containerId))
            .filter(container -> container.getState() == Cri.ContainerState.CONTAINER_EXITED)
            .findFirst();
    boolean isUp = view.sandboxes(id).stream().anyMatch(PodView::isReady);
    if (ended.isEmpty() || !isUp || folders.exceeded(id).isPresent()) {
      return;
    }
    Cri.CreateContainerRequest.Builder order =
        Cri.CreateContainerRequest.parseFrom(folders.order(id, PodView.indexOf(ended.get())))
            .toBuilder();
    order.getConfigBuilder().getMetadataBuilder().setAttempt(attempt);
    Deadline deadline = Deadline.after(config.limits().startTimeout());
    String started = client.createContainer(order.build(), deadline.remaining());
    try {
      client.startContainer(started, deadline.remaining());
    } catch (StatusRuntimeException e) {
      client.removeContainer(started, config.limits().removeTimeout());
      throw e;
    }
    client.removeContainer(containerId, deadline.remaining());
    OptionalInt processes = PodConfigs.processes(order.getConfig().getLabelsMap());
    if (processes.isPresent()) {
      cgroups.limitProcesses(id, started, processes.getAsInt());
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

  /** Stops the sandbox: it and its containers stay, for their status and logs. */
  void stop(PodId id) {
    try {
      for (Cri.PodSandbox sandbox : view.sandboxes(id)) {
        client.stopSandbox(sandbox.getId(), config.limits().removeTimeout());
      }
    } catch (StatusRuntimeException e) {
      throw CriErrors.of("stop pod " + id, Reason.RUNTIME_UNAVAILABLE, e);
    }
    firewall.release(id.name()); // its address may be another's from now on
  }

  boolean markExceeded(PodId id, PodLimit limit) throws IOException {
    return folders.markExceeded(id, limit);
  }

  /** Kills a container that writes too much to its log, and throws most of that away. */
  void endFlood(PodId id, int index) throws IOException {
    for (Cri.Container container : view.containers(id)) {
      if (PodView.indexOf(container) == index) {
        client.killContainer(container.getId(), config.limits().removeTimeout());
      }
    }
    folders.logFiles(id, index).cut(FLOOD_REST);
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
      for (Cri.PodSandbox sandbox : view.sandboxes(id)) {
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
}
