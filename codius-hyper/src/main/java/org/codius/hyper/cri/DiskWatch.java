package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what each pod has on the disk, and reports who has more than it may.
 *
 * <p>That is the writable layers of its containers, files they deleted and still hold open, and
 * their logs. What a pod writes between two looks is over its limit and not prevented. Looks are
 * confined to one thread; the last figures can be had from any.
 */
final class DiskWatch {

  private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);

  /** To count a million files on a busy machine. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final CriClient client;
  private final PodView view;
  private final PodFolders folders;
  private final PodCgroups cgroups;
  private final String snapshotter;
  private final Consumer<PodId> full;
  private final Map<PodId, DiskUse> last = new ConcurrentHashMap<>();

  /**
   * @param full is told of each pod that has more than it may
   */
  DiskWatch(
      CriClient client,
      PodView view,
      PodFolders folders,
      PodCgroups cgroups,
      String snapshotter,
      Consumer<PodId> full) {
    this.client = client;
    this.view = view;
    this.folders = folders;
    this.cgroups = cgroups;
    this.snapshotter = snapshotter;
    this.full = full;
  }

  /** Returns what the pod had at the last look. */
  DiskUse last(PodId id) {
    return last.getOrDefault(id, DiskUse.NONE);
  }

  /** Looks at all pods once. A failure is left to the next look. */
  void look() {
    try {
      Map<String, List<Cri.Container>> containers =
          view.containers().stream().collect(Collectors.groupingBy(Cri.Container::getPodSandboxId));
      List<Cri.PodSandbox> sandboxes = view.sandboxes();
      for (Cri.PodSandbox sandbox : sandboxes) {
        look(sandbox, containers.getOrDefault(sandbox.getId(), List.of()));
      }
      last.keySet().retainAll(sandboxes.stream().map(view::idOf).collect(Collectors.toSet()));
    } catch (StatusRuntimeException e) {
      log.debug("disk not measured", e);
    }
  }

  private void look(Cri.PodSandbox sandbox, List<Cri.Container> containers) {
    PodId id = view.idOf(sandbox);
    try {
      boolean isFull = false;
      DiskUse sum = UnlinkedFiles.of(cgroups.processes(id));
      for (Cri.Container container : containers) {
        DiskUse use =
            writableLayer(container)
                .plus(new DiskUse(folders.logFiles(id, PodView.indexOf(container)).size(), 0));
        isFull |= use.isAbove(PodConfigs.diskLimit(container.getLabelsMap()));
        sum = sum.plus(use);
      }
      last.put(id, sum);
      isFull |= sum.isAbove(PodConfigs.diskLimit(sandbox.getLabelsMap()));
      if (isFull && PodView.isReady(sandbox)) {
        full.accept(id);
      }
    } catch (IOException | StatusRuntimeException e) {
      log.debug("disk not measured pod={}", id, e); // the others still are
    }
  }

  private DiskUse writableLayer(Cri.Container container) {
    return client
        .snapshots()
        .use(snapshotter, container.getId(), TIMEOUT)
        .orElseGet(() -> reportedLayer(container));
  }

  /** As CRI tells it, with a delay that is the runtime's. */
  private DiskUse reportedLayer(Cri.Container container) {
    Cri.FilesystemUsage usage =
        client.containerStats(container.getId(), TIMEOUT).getWritableLayer();
    return new DiskUse(usage.getUsedBytes().getValue(), usage.getInodesUsed().getValue());
  }
}
