package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each container's log from growing without end: past half of what may be kept it becomes
 * {@code <name>.1}, in place of the one before, and the runtime is told to begin a new one.
 */
final class LogRotation {

  private static final Logger log = LoggerFactory.getLogger(LogRotation.class);

  private final CriConfig config;
  private final CriClient client;
  private final CriPods pods;

  LogRotation(CriConfig config, CriClient client, CriPods pods) {
    this.config = config;
    this.client = client;
    this.pods = pods;
  }

  static Path rotated(Path file) {
    return file.resolveSibling(file.getFileName() + ".1");
  }

  /** Looks at all logs once. A failure is left to the next look. */
  void run() {
    try {
      for (PodId id : pods.folders().list()) {
        rotate(id);
      }
    } catch (IOException | StatusRuntimeException | PodDriverException e) {
      log.debug("logs not rotated", e);
    }
  }

  private void rotate(PodId id) throws IOException {
    boolean isDue = false;
    try (var files = Files.newDirectoryStream(pods.folders().logs(id), "*.log")) {
      for (Path file : files) {
        isDue |= isFull(file);
      }
    } catch (NoSuchFileException e) {
      return; // the pod was removed meanwhile
    }
    if (!isDue) {
      return;
    }
    for (Cri.Container container : pods.containers(id)) {
      Path file = pods.folders().logs(id).resolve(PodConfigs.logFile(CriPods.indexOf(container)));
      if (container.getState() == Cri.ContainerState.CONTAINER_RUNNING && isFull(file)) {
        Files.move(file, rotated(file), StandardCopyOption.REPLACE_EXISTING);
        client.reopenLog(container.getId(), config.limits().callTimeout());
      }
    }
  }

  private boolean isFull(Path file) throws IOException {
    return Files.exists(file) && Files.size(file) > config.limits().logBytes() / 2;
  }
}
