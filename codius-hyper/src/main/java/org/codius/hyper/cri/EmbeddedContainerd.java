package org.codius.hyper.cri;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.network.PodFirewall;
import org.codius.hyper.network.Subnet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A containerd of our own: started, supervised and configured by us, apart from any other on the
 * machine.
 *
 * <p>It outlives this process, and with it the pods; the next start on the same root finds it and
 * goes on with it. While we live, it is started again if it dies; its pods do not notice. {@link
 * #close()} lets go of it, {@link #stop()} ends it.
 *
 * <p>Needs root on Linux. Under systemd the unit needs {@code KillMode=process}, or systemd ends
 * containerd and all pods with the daemon. Safe for use by several threads.
 */
public final class EmbeddedContainerd implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedContainerd.class);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);

  /** Most of what the end of a pod takes is waiting. */
  private static final int STOPPED_AT_A_TIME = 8;

  private final EmbeddedContainerdConfig config;
  private final ContainerdFiles files;
  private final ContainerdPrograms programs;
  private final FileChannel lock;
  private final Subnet podSubnet;
  private final RuntimeHandler handler;
  private final ContainerdSupervisor supervisor;

  @GuardedBy("this")
  private boolean isClosed;

  private EmbeddedContainerd(
      EmbeddedContainerdConfig config,
      ContainerdFiles files,
      ContainerdPrograms programs,
      FileChannel lock,
      Subnet podSubnet,
      RuntimeHandler handler) {
    this.config = config;
    this.files = files;
    this.programs = programs;
    this.lock = lock;
    this.podSubnet = podSubnet;
    this.handler = handler;
    this.supervisor =
        new ContainerdSupervisor(
            config.instance(), new ContainerdLauncher(config, files, programs)::launch);
  }

  /**
   * Returns the Debian packages whose programs are needed and not there, in the order to install
   * them; empty if all are.
   */
  public static List<String> missingPackages() {
    return ContainerdPrograms.missingPackages();
  }

  /**
   * Starts the containerd of {@code config}'s root, or finds it running. Blocks until it answers.
   *
   * @throws PodDriverException with {@link Reason#RUNTIME_UNAVAILABLE} if it does not, or this is
   *     not root on Linux, or programs are missing, or another process uses the root
   */
  public static EmbeddedContainerd start(EmbeddedContainerdConfig config) {
    requireRoot();
    ContainerdPrograms programs = ContainerdPrograms.find();
    ContainerdFiles files = new ContainerdFiles(config.root());
    FileChannel lock = null;
    try {
      files.makeRoot();
      lock = lock(files);
      PodNetwork network = new PodNetwork(files.podSubnet(), programs.ip());
      Subnet subnet = network.reserve();
      RuntimeHandler handler =
          config.handler() == null ? RuntimeHandler.runc(programs.runc().path()) : config.handler();
      boolean isNew = files.write(config.instance(), programs, handler, subnet, network.mtu());
      Optional<ProcessHandle> old = ContainerdProcess.find(files);
      if (isNew && old.isPresent()) {
        ContainerdProcess.end(old.get(), config.startTimeout()); // the pods do not notice
      }
      EmbeddedContainerd containerd =
          new EmbeddedContainerd(config, files, programs, lock, subnet, handler);
      lock = null; // its own now
      try {
        containerd.supervisor.start();
        return containerd;
      } catch (IOException | InterruptedException | RuntimeException e) {
        containerd.close();
        throw e;
      }
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "start containerd: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "start containerd: interrupted", e);
    } finally {
      release(lock);
    }
  }

  /** Returns how {@link CriDriver#connect} gets to it. */
  public CriConfig criConfig() {
    return new CriConfig(
        config.instance(),
        files.socket(),
        handler.name(),
        handler.isolation(),
        files.pods(),
        files.registries(),
        config.images(),
        List.of(podSubnet),
        config.hasUserNamespaces(),
        config.nameServers(),
        config.limits());
  }

  /** Returns where the pods' addresses come from. It stays the same until {@link #stop()}. */
  public Subnet podSubnet() {
    return podSubnet;
  }

  /** Returns its process id; another one after it died and was started again. */
  public long pid() {
    return supervisor.process().pid();
  }

  /** Ends all pods and it, and removes whatever was made for it. Blocks until nothing is left. */
  public void stop() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    supervisor.close();
    try {
      removeSandboxes();
      Optional<ProcessHandle> process = ContainerdProcess.find(files);
      if (process.isPresent()) {
        ContainerdProcess.end(process.get(), config.startTimeout());
      }
      PodFirewall.of(config.instance(), List.of(podSubnet), config.nameServers()).remove();
      new PodNetwork(files.podSubnet(), programs.ip()).release();
      new Leftovers(files, programs, config.instance()).remove();
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "stop containerd: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "stop containerd: interrupted", e);
    } finally {
      release(lock);
    }
  }

  /** Lets go of it. It goes on running, and so do the pods, but nobody restarts it. */
  @Override
  public void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    supervisor.close();
    release(lock);
  }

  /**
   * All there are: nobody else uses this containerd. What is in the way is removed by force later.
   */
  private void removeSandboxes() {
    if (ContainerdProcess.find(files).isEmpty()) {
      return;
    }
    try (CriClient client = new CriClient(files.socket());
        Workers workers = new Workers("codius-stop", STOPPED_AT_A_TIME)) {
      List<CompletableFuture<Void>> removals = new ArrayList<>();
      for (Cri.PodSandbox sandbox : client.sandboxes(Map.of(), CALL_TIMEOUT)) {
        removals.add(
            workers
                .order(
                    "remove sandbox " + sandbox.getId(),
                    () -> client.removeSandbox(sandbox.getId(), config.limits().removeTimeout()))
                .toCompletableFuture());
      }
      for (CompletableFuture<Void> removal : removals) {
        removal.join();
      }
    } catch (StatusRuntimeException | CompletionException e) {
      log.warn("containerd did not remove its pods, which are now killed: {}", e.getMessage());
    }
  }

  private static void requireRoot() {
    try {
      Path self = Path.of("/proc/self");
      if (!Files.exists(self)) {
        throw new PodDriverException(
            Reason.RUNTIME_UNAVAILABLE, "start containerd: this is not Linux");
      }
      if (!Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"))) {
        throw new PodDriverException(
            Reason.RUNTIME_UNAVAILABLE, "start containerd: not root (try again with sudo)");
      }
    } catch (IOException e) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "start containerd: " + e.getMessage(), e);
    }
  }

  private static FileChannel lock(ContainerdFiles files) throws IOException {
    FileChannel channel =
        FileChannel.open(files.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      log.debug("root is in use by this very process root={}", files.root());
    }
    channel.close();
    throw new IOException("another daemon uses " + files.root());
  }

  private static void release(@Nullable FileChannel lock) {
    if (lock == null) {
      return;
    }
    try {
      lock.close();
    } catch (IOException e) {
      log.warn("lock not released", e);
    }
  }
}
