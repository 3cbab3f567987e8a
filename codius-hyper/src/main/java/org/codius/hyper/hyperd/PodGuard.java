package org.codius.hyper.hyperd;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;
import org.codius.hyper.image.ImageRegistries;
import org.codius.hyper.network.PodFirewall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between hyperd's pods and all else: which images they are made of, and whom they reach.
 *
 * <p>hyperd boots a pod's machine, and with it its port of the bridge, before any program of the
 * pod runs. In between the port is bound to the pod and closed to all others, whichever come later.
 * Has threads of its own, as most of this blocks. Safe for use by several threads.
 */
final class PodGuard implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodGuard.class);

  private static final int THREADS = 8;
  private static final int LONGEST_QUEUE = 1024;
  private static final Duration IDLE_THREAD = Duration.ofSeconds(30);
  private static final String CLOSED = "the driver was closed";
  private static final Duration REPAIR_INTERVAL = Duration.ofSeconds(5);

  private final ImageRegistries registries;
  private final PodFirewall firewall;
  private final List<String> nameServers;
  private final Duration patience;
  private final ThreadPoolExecutor threads;

  /** Apart, as a registry may take long to answer. */
  private final ThreadPoolExecutor checks;

  private final CompletableFuture<Void> adopted = new CompletableFuture<>();

  private final AtomicBoolean isLooking = new AtomicBoolean();

  /** Pods that were let go of and may still be seen for a moment. */
  private final Set<PodId> released = ConcurrentHashMap.newKeySet();

  private volatile String obstacle = "hyperd did not tell yet which pods it runs";
  private volatile long repairedAtNanos = System.nanoTime();

  PodGuard(HyperdConfig config, HyperdConfig.Guard rules) {
    this.registries = ImageRegistries.of(rules.images());
    this.firewall = PodFirewall.of(config.instance(), List.of(), rules.nameServers());
    this.nameServers = rules.nameServers();
    this.patience = config.timeouts().call();
    this.threads = threads();
    this.checks = threads();
  }

  private static ThreadPoolExecutor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_THREAD.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(LONGEST_QUEUE),
            task -> {
              Thread thread = new Thread(task, "codius-hyperd-guard");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  List<String> nameServers() {
    return nameServers;
  }

  /** Fails if {@code image} is not to be pulled; hyperd would pull anything. */
  CompletableFuture<Void> check(String image, ImageLimits limits) {
    return submit(
        checks,
        "check image",
        () -> {
          var unused = registries.check(image, limits);
        });
  }

  /** Completes once the pods that were there before us are known to the firewall. */
  CompletableFuture<Void> ready() {
    return Stages.compose(
        adopted.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS),
        (done, failure) ->
            failure instanceof TimeoutException
                ? CompletableFuture.failedFuture(
                    new PodDriverException(Reason.FIREWALL_FAILED, "keep pods apart: " + obstacle))
                : completed(failure));
  }

  private static CompletableFuture<Void> completed(@Nullable Throwable failure) {
    return failure == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(failure);
  }

  /** Binds the pod to the port its address is behind. To be done before its programs start. */
  CompletableFuture<Void> admit(PodId id, InetAddress address) {
    released.remove(id);
    return submit(threads, "keep pod " + id + " apart", () -> firewall.admit(id.name(), address));
  }

  CompletableFuture<Void> openEgress(PodId id) {
    return submit(threads, "open egress of pod " + id, () -> firewall.openEgress(id.name()));
  }

  CompletableFuture<Void> release(PodId id) {
    released.add(id);
    return submit(threads, "let go of pod " + id, () -> firewall.release(id.name()));
  }

  /** Takes note of how all pods are. Of several that come at once one is looked at. */
  void look(Map<PodId, PodStatus> pods) {
    if (isLooking.compareAndSet(false, true)) {
      submit(threads, "look after the firewall", () -> settle(pods))
          .whenComplete(
              (done, failure) -> {
                isLooking.set(false);
                if (failure == null || threads.isShutdown()) {
                  return;
                }
                String reason = String.valueOf(Stages.bare(failure).getMessage());
                if (!reason.equals(obstacle)) {
                  obstacle = reason;
                  log.warn("firewall not as it should be, tried again reason={}", obstacle);
                }
              });
    }
  }

  private void settle(Map<PodId, PodStatus> pods) {
    released.retainAll(pods.keySet());
    if (!adopted.isDone()) {
      adopt(pods);
      return;
    }
    pods.forEach(
        (id, status) -> {
          if (isDown(status)) {
            firewall.release(id.name()); // its port may be another's from now on
          } else if (!firewall.isAdmitted(id.name())
              && !released.contains(id)
              && status.address().isPresent()) {
            firewall.admit(id.name(), status.address().get());
          }
        });
    if (System.nanoTime() - repairedAtNanos > REPAIR_INTERVAL.toNanos()) {
      firewall.repair();
      repairedAtNanos = System.nanoTime();
    }
  }

  private static boolean isDown(PodStatus status) {
    return status.address().isEmpty()
        && status.containers().stream().noneMatch(PodStatus.Container::isRunning);
  }

  /** What was open stays open only if somebody opens it again. */
  private void adopt(Map<PodId, PodStatus> pods) {
    List<PodFirewall.Pod> running = new ArrayList<>();
    pods.forEach(
        (id, status) -> {
          if (!isDown(status)) {
            running.add(new PodFirewall.Pod(id.name(), status.address().stream().toList(), false));
          }
        });
    Set<String> names = firewall.adopt(running);
    var unused = firewall.verify(); // what it finds is in the log
    log.debug("pods adopted pods={}", names);
    adopted.complete(null);
  }

  private static CompletableFuture<Void> submit(
      ThreadPoolExecutor threads, String action, Runnable work) {
    Step step = new Step(action, work, new CompletableFuture<>());
    try {
      threads.execute(step);
    } catch (RejectedExecutionException e) {
      step.refuse(threads.isShutdown() ? CLOSED : "too much is waiting already");
    }
    return step.done();
  }

  /** The rules stay: so do the pods. */
  @Override
  public void close() {
    for (ThreadPoolExecutor each : List.of(checks, threads)) {
      each.shutdownNow().forEach(waiting -> ((Step) waiting).refuse(CLOSED));
    }
    registries.close();
  }

  private record Step(String action, Runnable work, CompletableFuture<Void> done)
      implements Runnable {

    @Override
    public void run() {
      try {
        work.run();
        done.complete(null);
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    }

    void refuse(String reason) {
      done.completeExceptionally(
          new PodDriverException(Reason.RUNTIME_UNAVAILABLE, action + ": " + reason));
    }
  }
}
