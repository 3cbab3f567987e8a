package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each container's output from filling the disk: a file past {@value #LONGEST_FILE} bytes is
 * put aside and the runtime told to begin a new one, the oldest go when there is too much, and who
 * writes faster than {@value #FLOOD} bytes per second is reported.
 *
 * <p>Confined to one thread.
 */
final class LogUpkeep {

  private static final Logger log = LoggerFactory.getLogger(LogUpkeep.class);

  private static final long LONGEST_FILE = 1 << 20;
  private static final double FLOOD = 10 << 20;

  private final CriConfig config;
  private final CriClient client;
  private final PodView view;
  private final PodFolders folders;
  private final FloodListener floods;

  private Map<Path, Long> sizes = new HashMap<>();
  private long lastLook = System.nanoTime();

  LogUpkeep(
      CriConfig config, CriClient client, PodView view, PodFolders folders, FloodListener floods) {
    this.config = config;
    this.client = client;
    this.view = view;
    this.folders = folders;
    this.floods = floods;
  }

  /** Is told of a container that writes too fast. */
  interface FloodListener {
    void onFlood(PodId id, int container);
  }

  /** Looks at all logs once. A failure is left to the next look. */
  void look() {
    Map<Path, Long> before = sizes;
    sizes = new HashMap<>();
    long now = System.nanoTime();
    double seconds = (now - lastLook) / (double) TimeUnit.SECONDS.toNanos(1);
    lastLook = now;
    try {
      for (PodId id : folders.list()) {
        lookAlone(id, before, seconds);
      }
    } catch (IOException e) {
      log.debug("logs not looked after", e);
    }
  }

  /** One pod that is broken keeps nobody from looking after the others. */
  private void lookAlone(PodId id, Map<Path, Long> before, double seconds) {
    try {
      look(id, before, seconds);
    } catch (IOException | StatusRuntimeException | PodDriverException e) {
      log.debug("logs not looked after pod={}", id, e);
    }
  }

  private void look(PodId id, Map<Path, Long> before, double seconds) throws IOException {
    Set<Integer> large = new TreeSet<>();
    Set<Integer> live = new TreeSet<>();
    Set<Integer> unanswered = new TreeSet<>();
    try (DirectoryStream<Path> logs = Files.newDirectoryStream(folders.logs(id))) {
      for (Path file : logs) {
        int container = PodConfigs.containerOf(file.getFileName().toString());
        if (!file.equals(folders.logFiles(id, container).live())) {
          unanswered.add(container);
          continue;
        }
        live.add(container);
        long size = LogFiles.sizeOf(file);
        sizes.put(file, size);
        // One that was not there at the last look has had all the time since.
        if (size - before.getOrDefault(file, 0L) > FLOOD * Math.max(seconds, 1)) {
          floods.onFlood(id, container);
        } else if (size > longestFile()) {
          large.add(container);
        }
      }
    } catch (NoSuchFileException e) {
      return; // the pod was removed meanwhile
    }
    unanswered.removeAll(live); // the runtime, told of the others, began a new file
    if (large.isEmpty() && unanswered.isEmpty()) {
      return;
    }
    for (Cri.Container container : view.containers(id)) {
      int index = PodView.indexOf(container);
      if (container.getState() == Cri.ContainerState.CONTAINER_RUNNING
          && (large.contains(index) || unanswered.contains(index))) {
        LogFiles files = folders.logFiles(id, index);
        if (large.contains(index)) {
          files.rotate();
        }
        client.reopenLog(container.getId(), config.limits().callTimeout());
        sizes.remove(files.live());
        files.trim(config.limits().logBytes());
      }
    }
  }

  /** Of what is kept in all there have to be several files, to throw away one at a time. */
  private long longestFile() {
    return Math.min(LONGEST_FILE, config.limits().logBytes() / 4);
  }
}
