package org.codius.hyper.testing;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo;
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

  private final FakeRuntime runtime;
  private final String instance;
  private volatile boolean closed;

  /** Connects as {@code instance} to a runtime of its own that has no pods yet. */
  public FakePodDriver(String instance) {
    this(new FakeRuntime(), instance);
  }

  private FakePodDriver(FakeRuntime runtime, String instance) {
    this.runtime = runtime;
    this.instance = new PodId(instance, "any").instance();
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
    return call("ask runtime", () -> new RuntimeInfo("fake", "1", Isolation.VM));
  }

  @Override
  public CompletionStage<Void> pull(String image) {
    return runtime
        .pullGate()
        .thenCompose(
            open ->
                call(
                    "pull " + image,
                    () -> {
                      runtime.pull(image);
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
          own(id).hasEgress = true;
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
  public Flow.Publisher<LogLine> logs(PodId id, boolean follow) {
    return subscriber -> {
      String action = "read logs of pod " + id;
      call(action, () -> own(id).log)
          .whenComplete(
              (log, failure) -> {
                if (failure == null) {
                  log.subscribe(subscriber, follow);
                } else {
                  FakeLog.refuse(subscriber, failure);
                }
              });
    };
  }

  @Override
  public void close() {
    closed = true;
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

  /** Ends one container, as if its process had left with {@code exitCode}. */
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

  /** Returns what the pod was run with. */
  public Optional<PodSpec> spec(PodId id) {
    return runtime.find(id).map(pod -> pod.spec);
  }

  /** Returns whether {@link #openEgress} was called for the pod. */
  public boolean hasEgress(PodId id) {
    return runtime.find(id).map(pod -> pod.hasEgress).orElse(false);
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
