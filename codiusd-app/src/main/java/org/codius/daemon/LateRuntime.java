package org.codius.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs the pods, from when it can. A host answers before that, but sells nothing: no pod runs
 * where nothing keeps pods from each other and from private networks.
 *
 * <p>Safe for use by several threads.
 */
final class LateRuntime implements AdmissionRule, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LateRuntime.class);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private static final RuntimeInfo NONE =
      new RuntimeInfo("none", "", Isolation.NAMESPACE, Set.of());

  private static final Obstacle STARTING =
      new Obstacle(
          Reason.HOST_STARTING,
          "This host has just been started, and does not run pods yet.",
          "Try again in some seconds.");

  private final Duration firstPause;
  private final LateDriver driver =
      new LateDriver(
          new PodDriverException(
              PodDriverException.Reason.RUNTIME_UNAVAILABLE,
              "ask the runtime: the host is starting, and has yet to open it"));

  private volatile RuntimeInfo info = NONE;
  private volatile Optional<Obstacle> obstacle = Optional.of(STARTING);

  @GuardedBy("this")
  private @Nullable OpenRuntime open;

  @GuardedBy("this")
  private boolean isClosed;

  /** Why no pods can run. */
  private record Obstacle(Reason reason, String message, String help) {

    RefusedException refusal() {
      return new RefusedException(reason, message, help);
    }
  }

  /** What is to be done. */
  @FunctionalInterface
  interface Step {
    void run() throws InterruptedException;
  }

  /**
   * @param firstPause after how long a firewall that could not be applied is tried again; each
   *     further pause is twice as long, up to five minutes
   */
  LateRuntime(Duration firstPause) {
    this.firstPause = firstPause;
  }

  /**
   * Opens it, and does what is to be done before pods are sold. If only the firewall cannot be
   * applied, it returns all the same, and that is tried again and again.
   *
   * @param onOpen is done when the driver is there
   * @param timers where it is tried again; blocked meanwhile
   * @throws StartException if it cannot be opened for another reason
   */
  void open(Supplier<OpenRuntime> opening, Step onOpen, ScheduledExecutorService timers)
      throws InterruptedException {
    try {
      take(opening.get(), onOpen);
    } catch (StartException e) {
      if (!isForFirewall(e) || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.error("no pods are run until the firewall can be applied reason={}", e.getMessage());
      refuse(e);
      again(firstPause, opening, onOpen, timers);
    }
  }

  private static boolean isForFirewall(StartException e) {
    return e.getCause() instanceof PodDriverException failure
        && failure.reason() == PodDriverException.Reason.FIREWALL_FAILED;
  }

  private void again(
      Duration pause, Supplier<OpenRuntime> opening, Step onOpen, ScheduledExecutorService timers) {
    try {
      timers.schedule(
          () -> tryAgain(pause, opening, onOpen, timers), pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("going down");
    }
  }

  private void tryAgain(
      Duration pause, Supplier<OpenRuntime> opening, Step onOpen, ScheduledExecutorService timers) {
    try {
      take(opening.get(), onOpen);
      log.info("the firewall is applied, pods are run from now on runtime={}", info.name());
    } catch (StartException e) {
      log.warn("no pods are run still reason={}", e.getMessage());
      refuse(e);
      again(longer(pause), opening, onOpen, timers);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // going down
    } catch (RuntimeException e) {
      log.error("pods not taken up, tried again soon", e);
      again(longer(pause), present().orElse(opening), onOpen, timers);
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** Returns what opens the runtime that is open already, if one is. */
  private synchronized Optional<Supplier<OpenRuntime>> present() {
    OpenRuntime present = open;
    return present == null ? Optional.empty() : Optional.of(() -> present);
  }

  private void take(OpenRuntime runtime, Step onOpen) throws InterruptedException {
    boolean isTaken = false;
    RuntimeInfo told;
    try {
      told = runtime.ask();
      synchronized (this) {
        if (isClosed) {
          throw new InterruptedException("the host goes down");
        }
        open = runtime;
        isTaken = true;
      }
    } finally {
      if (!isTaken) {
        letGo(runtime);
      }
    }
    info = told;
    driver.set(runtime.driver());
    onOpen.run();
    obstacle = Optional.empty();
  }

  private synchronized void letGo(OpenRuntime runtime) {
    if (isClosed && runtime.equals(open)) {
      return; // done already, by who closed this
    }
    open = null;
    runtime.close();
  }

  private void refuse(StartException e) {
    PodDriverException reason =
        e.getCause() instanceof PodDriverException failure
            ? failure
            : new PodDriverException(
                PodDriverException.Reason.RUNTIME_UNAVAILABLE, String.valueOf(e.getMessage()), e);
    driver.refuse(reason);
    obstacle =
        Optional.of(
            new Obstacle(
                isForFirewall(e) ? Reason.FIREWALL_FAILED : Reason.RUNTIME_UNAVAILABLE,
                String.valueOf(e.getMessage()),
                "Try another host. Its operator can ask codiusd doctor; the host tries again by"
                    + " itself, every five minutes at least."));
  }

  /** Returns the driver, whose calls fail until the runtime is there. */
  PodDriver driver() {
    return driver;
  }

  /** Returns what it is: {@code none} until it is there. */
  RuntimeInfo info() {
    return info;
  }

  /** Returns whether pods can run. */
  boolean isOpen() {
    return obstacle.isEmpty();
  }

  @Override
  public String name() {
    return "RUNTIME";
  }

  @Override
  public void check(Order order) {
    Optional<Obstacle> current = obstacle;
    if (current.isPresent()) {
      throw current.get().refusal();
    }
  }

  /** Lets go of it. Pods go on running. */
  @Override
  public void close() {
    OpenRuntime runtime = end();
    if (runtime != null) {
      runtime.close();
    }
  }

  /** Ends what was started for the pods. */
  void stop() {
    OpenRuntime runtime = end();
    if (runtime != null) {
      runtime.stop();
    }
  }

  private synchronized @Nullable OpenRuntime end() {
    isClosed = true;
    return open;
  }
}
