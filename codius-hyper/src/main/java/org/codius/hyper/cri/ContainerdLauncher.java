package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the containerd that runs already, or starts one; at the start, and each time it has ended.
 *
 * <p>Ready means: it answers, has read its network configuration, and has the image that sandboxes
 * are made from.
 */
final class ContainerdLauncher {

  private static final Logger log = LoggerFactory.getLogger(ContainerdLauncher.class);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(50);

  private final EmbeddedContainerdConfig config;
  private final ContainerdFiles files;
  private final ContainerdPrograms programs;

  ContainerdLauncher(
      EmbeddedContainerdConfig config, ContainerdFiles files, ContainerdPrograms programs) {
    this.config = config;
    this.files = files;
    this.programs = programs;
  }

  /** Returns the process once it is ready for pods. */
  ProcessHandle launch() throws IOException, InterruptedException {
    Optional<ProcessHandle> found = ContainerdProcess.find(files);
    if (found.isPresent()) {
      try {
        log.debug("containerd found pid={}", found.get().pid());
        return awaitReady(found.get());
      } catch (IOException e) {
        log.warn("containerd does not answer and is ended pid={}", found.get().pid(), e);
        ContainerdProcess.end(found.get(), config.startTimeout());
      }
    }
    ProcessHandle process = ContainerdProcess.spawn(programs, files);
    log.debug("containerd started pid={}", process.pid());
    return awaitReady(process);
  }

  private ProcessHandle awaitReady(ProcessHandle process) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + config.startTimeout().toNanos();
    ContainerdProcess.awaitSocket(files, process, config.startTimeout());
    try (CriClient client = new CriClient(files.socket())) {
      for (List<String> unready = unready(client); !unready.isEmpty(); unready = unready(client)) {
        if (System.nanoTime() > deadline) {
          throw new IOException("it is not ready: " + String.join("; ", unready));
        }
        Thread.sleep(POLL.toMillis());
      }
      if (!client.images().has(PauseImage.NAME, CALL_TIMEOUT)) {
        PauseImage.give(programs.ctr(), files.socket(), files.snapshotter(), config.startTimeout());
        while (!client.images().has(PauseImage.NAME, CALL_TIMEOUT)) {
          if (System.nanoTime() > deadline) {
            throw new IOException("it does not find the sandbox image it was given");
          }
          Thread.sleep(POLL.toMillis());
        }
      }
      return process;
    } catch (StatusRuntimeException e) {
      throw new IOException("it does not answer: " + e.getStatus(), e);
    }
  }

  private static List<String> unready(CriClient client) {
    try {
      return client.unreadyConditions(CALL_TIMEOUT);
    } catch (StatusRuntimeException e) {
      if (CriChannel.isInitializing(e)) {
        return List.of("it reads its pods"); // which takes as long as they take to answer
      }
      throw e;
    }
  }
}
