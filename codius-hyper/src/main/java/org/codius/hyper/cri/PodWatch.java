package org.codius.hyper.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.codius.hyper.cri.v1.Cri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what happened to the instance's pods, from two looks at them: CRI's own events are
 * newer than the runtimes there are.
 *
 * <p>Safe for use by several threads.
 */
final class PodWatch {

  private static final Logger log = LoggerFactory.getLogger(PodWatch.class);

  /** A runtime that is there and yet does not answer so often in a row counts as lost. */
  private static final int MOST_FAILURES = 3;

  private final CriConfig config;
  private final CriClient client;
  private final PodView view;
  private final PodFolders folders;
  private final PodUsage usage;
  private final PodEvents events;
  private final ExitListener exits;

  // All below: guarded by this.
  private boolean hasLooked;
  private boolean isLost;
  private int failures;
  private Map<String, Seen> containers = new HashMap<>();
  private Map<String, PodId> sandboxes = new HashMap<>();

  /**
   * @param exits is told of every container that has ended, also before the first look
   */
  PodWatch(
      CriConfig config,
      CriClient client,
      PodView view,
      PodFolders folders,
      PodUsage usage,
      PodEvents events,
      ExitListener exits) {
    this.config = config;
    this.client = client;
    this.view = view;
    this.folders = folders;
    this.usage = usage;
    this.events = events;
    this.exits = exits;
  }

  /** Is told of a container that has ended. */
  interface ExitListener {
    void onExit(PodId id, Cri.Container container, Cri.ContainerStatus status);
  }

  /** To be called when the connection has broken. */
  synchronized void onBreak() {
    lost("the connection to " + config.socket() + " broke");
  }

  private void lost(String reason) {
    if (!isLost) {
      isLost = true;
      events.publish(new PodEvent.RuntimeLost(reason));
    }
  }

  /** Looks at all pods once and publishes what is new. */
  synchronized void look() {
    List<Cri.PodSandbox> sandboxesNow;
    List<Cri.Container> containersNow;
    try {
      sandboxesNow = view.sandboxes();
      containersNow = view.containers();
      failures = 0;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE || ++failures >= MOST_FAILURES) {
        lost(CriErrors.reason(e));
      }
      return;
    }
    if (isLost) {
      isLost = false;
      events.publish(new PodEvent.RuntimeBack());
    }
    compareContainers(containersNow);
    compareSandboxes(sandboxesNow);
    hasLooked = true;
  }

  private void compareContainers(List<Cri.Container> now) {
    Map<String, Seen> seen = new HashMap<>();
    for (Cri.Container container : now) {
      Seen before = containers.getOrDefault(container.getId(), Seen.NEW);
      try {
        seen.put(container.getId(), compare(container, before));
      } catch (StatusRuntimeException e) {
        log.debug("container not looked at id={}", container.getId(), e);
        seen.put(container.getId(), before);
      }
    }
    containers = seen;
  }

  private Seen compare(Cri.Container container, Seen before) {
    boolean isRunning = container.getState() == Cri.ContainerState.CONTAINER_RUNNING;
    boolean hasEnded = container.getState() == Cri.ContainerState.CONTAINER_EXITED;
    if (before.hasEnded() || !(isRunning || hasEnded)) {
      return before;
    }
    PodId id = view.idOf(container);
    String name = PodView.nameOf(container);
    if (isRunning) {
      if (!before.hasStarted()) {
        tell(new PodEvent.Started(id, name));
      }
      return new Seen(true, false);
    }
    Cri.ContainerStatus status =
        client.containerStatus(container.getId(), config.limits().callTimeout());
    boolean hasRun = status.getStartedAt() > 0;
    if (hasRun && !before.hasStarted()) {
      tell(new PodEvent.Started(id, name));
    }
    if (hasRun) {
      if (wasOutOfMemory(id, status)) { // why, before the end itself
        tell(new PodEvent.LimitExceeded(id, PodLimit.MEMORY_LIMIT));
      }
      tell(new PodEvent.Exited(id, name, status.getExitCode()));
      exits.onExit(id, container, status);
    }
    return new Seen(true, true);
  }

  /** A user-space kernel dies with all its containers, and of what its runtime does not tell. */
  private boolean wasOutOfMemory(PodId id, Cri.ContainerStatus status) {
    if (PodView.isOutOfMemory(status.getReason())) {
      return true;
    }
    try {
      boolean isDown = view.sandboxes(id).stream().noneMatch(PodView::isReady);
      return isDown
          && folders.exceeded(id).isEmpty()
          && usage.wasOutOfMemory(id)
          && folders.markExceeded(id, PodLimit.MEMORY_LIMIT);
    } catch (IOException e) {
      log.debug("memory not looked at pod={}", id, e);
      return false;
    }
  }

  private void compareSandboxes(List<Cri.PodSandbox> now) {
    Map<String, PodId> seen =
        now.stream().collect(Collectors.toMap(Cri.PodSandbox::getId, view::idOf));
    Set<PodId> gone = new HashSet<>(sandboxes.values());
    gone.removeAll(Set.copyOf(seen.values()));
    gone.forEach(id -> tell(new PodEvent.Removed(id)));
    sandboxes = seen;
  }

  /** What was so before anybody could listen is no news. */
  private void tell(PodEvent event) {
    if (hasLooked) {
      events.publish(event);
    }
  }

  /** What was told of a container. */
  private record Seen(boolean hasStarted, boolean hasEnded) {
    static final Seen NEW = new Seen(false, false);
  }
}
