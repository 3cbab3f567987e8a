package org.codius.hyper.testing;

import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codius.hyper.ExecResult;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodEvents;
import org.codius.hyper.PodId;
import org.codius.hyper.PodLimit;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.codius.hyper.PullProgress;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Feature;
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * A driver that keeps its pods in memory and runs nothing.
 *
 * <p>What a real runtime would do by itself is done by the test: {@link #exit} a container, {@link
 * #write} a line, {@link #vanish} a whole pod, let calls fail or wait. {@link #reconnect} gives
 * another driver on the same pods, as a daemon has after it was restarted; what a test sets on one
 * holds for both.
 *
 * <p>Calls complete on the thread that makes them, or on the one that ends their wait. Safe for use
 * by several threads.
 */
public final class FakePodDriver implements PodDriver {

  private static final EnumSet<Feature> CANNOT =
      EnumSet.of(Feature.IMAGE_LIMITS, Feature.USER_NAMESPACES);

  private final FakeRuntime runtime;
  private final String instance;
  private final PodEvents events;
  private volatile boolean closed;

  /** Connects as {@code instance} to a runtime of its own that has no pods yet. */
  public FakePodDriver(String instance) {
    this(new FakeRuntime(), instance);
  }

  private FakePodDriver(FakeRuntime runtime, String instance) {
    this.runtime = runtime;
    this.instance = new PodId(instance, "any").instance();
    this.events = runtime.listen(this.instance);
  }

  /** Returns a new driver of the same instance on the same pods. */
  public FakePodDriver reconnect() {
    return reconnectAs(instance);
  }

  /** Returns a driver of another instance on the same runtime. */
  public FakePodDriver reconnectAs(String otherInstance) {
    return new FakePodDriver(runtime, otherInstance);
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return call(
        "ask runtime",
        () -> new RuntimeInfo("fake", "1", Isolation.VM, EnumSet.complementOf(CANNOT)));
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return runtime
        .pullGate()
        .thenCompose(
            open ->
                call(
                    "pull " + image,
                    () -> {
                      runtime.pull(image);
                      progress.accept(new PullProgress(1, 1));
                      return null;
                    }));
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    if (!isOwn(spec.id())) {
      throw new IllegalArgumentException(
          "pod id: " + spec.id() + " (expected: one of instance " + instance + ")");
    }
    return runtime
        .runGate()
        .thenCompose(open -> call("run pod " + spec.id(), () -> runtime.run(spec)));
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return call(
        "open egress of pod " + id,
        () -> {
          own(id).openEgress();
          return null;
        });
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return call(
        "ask status of pod " + id,
        () -> isOwn(id) ? runtime.find(id).map(FakePod::status) : Optional.empty());
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return call("list pods", () -> runtime.list(instance));
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return call("list the pods of others", () -> runtime.others(instance));
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return call(
        "stop pod " + id,
        () -> {
          if (isOwn(id)) {
            runtime.find(id).ifPresent(FakePod::kill);
          }
          return null;
        });
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return call(
        "remove pod " + id,
        () -> {
          if (isOwn(id)) {
            runtime.remove(id);
          }
          return null;
        });
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return subscriber -> {
      String action = "read logs of pod " + id;
      call(action, () -> own(id).log)
          .whenComplete(
              (log, failure) -> {
                if (failure == null) {
                  log.subscribe(subscriber, query);
                } else {
                  FakeLog.refuse(subscriber, failure);
                }
              });
    };
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return events;
  }

  /** What the containers that run would use if they were a megabyte each and never did anything. */
  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return call("measure pod " + id, () -> own(id).stats());
  }

  /** Ends as {@link #answerExec} said, or at once and well. */
  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    String action = "run a program in container " + container + " of pod " + id;
    return call(action, () -> own(id).exec(container, action, command));
  }

  @Override
  public void close() {
    closed = true;
    events.close();
  }

  /** Lets programs that are run in containers of the pod end so. */
  public void answerExec(PodId id, Function<? super List<String>, ExecResult> answer) {
    own(id).answerExec(answer);
  }

  /** Ends the pod because it used too much. */
  public void exceed(PodId id, PodLimit limit) {
    own(id).exceed(limit);
  }

  /**
   * Lets {@code driver.events()} tell of an outage, in which {@link #failCalls} fails the calls.
   */
  public void loseRuntime() {
    runtime.publish(new PodEvent.RuntimeLost("the test wants it to be away"));
  }

  /** Lets {@code driver.events()} tell that the outage is over. */
  public void returnRuntime() {
    runtime.publish(new PodEvent.RuntimeBack());
  }

  /** Lets every pull fail so, until {@link #heal}. */
  public void failPulls(Reason reason) {
    runtime.failPulls(reason);
  }

  /** Lets every run of a pod that does not run yet fail so, until {@link #heal}. */
  public void failRuns(Reason reason) {
    runtime.failRuns(reason);
  }

  /** Lets every call fail so, until {@link #heal}; {@code RUNTIME_UNAVAILABLE} is an outage. */
  public void failCalls(Reason reason) {
    runtime.failCalls(reason);
  }

  /** Ends what {@link #failPulls}, {@link #failRuns} and {@link #failCalls} began. */
  public void heal() {
    runtime.heal();
  }

  /** Lets every pull from now on wait until the returned future is completed. */
  public CompletableFuture<Void> holdPulls() {
    return runtime.holdPulls();
  }

  /** Lets every run from now on wait until the returned future is completed. */
  public CompletableFuture<Void> holdRuns() {
    return runtime.holdRuns();
  }

  /** Gives the pods that are run from now on these addresses; it is 127.0.0.1 if never called. */
  public void giveAddresses(Function<? super PodId, ? extends InetAddress> addresses) {
    runtime.giveAddresses(addresses);
  }

  /**
   * Ends one container, as if its process had left with {@code exitCode}. It runs again at once if
   * the pod's restart policy says so.
   */
  public void exit(PodId id, String container, int exitCode) {
    own(id).exit(container, exitCode);
  }

  /** Ends all containers of a pod and its sandbox; it stays listed, without an address. */
  public void kill(PodId id) {
    own(id).kill();
  }

  /** Makes the pod disappear without a trace, as a lost machine would. */
  public void vanish(PodId id) {
    runtime.remove(id);
  }

  /** Lets a container write a line. */
  public void write(PodId id, String container, LogLine.Stream stream, String text) {
    own(id).write(container, stream, text);
  }

  /** Makes it known that a pod has {@code bytes} on the disk. */
  public void occupy(PodId id, long bytes) {
    own(id).occupy(bytes);
  }

  /** Returns what the pod was run with. */
  public Optional<PodSpec> spec(PodId id) {
    return runtime.find(id).map(pod -> pod.spec);
  }

  /** Returns whether the pod's egress was opened, by its spec or later. */
  public boolean hasEgress(PodId id) {
    return runtime.find(id).map(FakePod::hasEgress).orElse(false);
  }

  /** Returns how many pods were started by all drivers on this runtime together. */
  public int starts() {
    return runtime.starts();
  }

  private boolean isOwn(PodId id) {
    return id.instance().equals(instance);
  }

  private FakePod own(PodId id) {
    return (isOwn(id) ? runtime.find(id) : Optional.<FakePod>empty())
        .orElseThrow(() -> noSuchPod("find pod " + id));
  }

  private static PodDriverException noSuchPod(String action) {
    return new PodDriverException(Reason.NO_SUCH_POD, action + ": there is no such pod");
  }

  private <T> CompletableFuture<T> call(String action, Supplier<T> body) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new PodDriverException(Reason.RUNTIME_UNAVAILABLE, action + ": the driver is closed"));
    }
    try {
      runtime.checkCalls(action);
      return CompletableFuture.completedFuture(body.get());
    } catch (PodDriverException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
