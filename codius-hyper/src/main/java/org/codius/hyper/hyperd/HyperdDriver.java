package org.codius.hyper.hyperd;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
import org.codius.hyper.PodLanes;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodSpec.Resources;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.codius.hyper.PullProgress;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Feature;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.jspecify.annotations.Nullable;

/**
 * Runs pods on hyperd 1.1, each in a virtual machine of its own.
 *
 * <p><b>Network.</b> hyperd puts all pods on its bridge {@code hyper0} and lets them reach each
 * other, the host and, if the host forwards, everything else. With a {@link HyperdConfig#guard}
 * each is bound to its port of the bridge before its programs start, and held to the rules of
 * {@link org.codius.hyper.network.PodFirewall}. What was open to a pod of an earlier driver is
 * closed until {@link #openEgress} opens it again.
 *
 * <p><b>Images.</b> hyperd pulls them itself. With a guard it is asked for what passed the check of
 * the image's manifest; to where its registry redirects hyperd then, is not seen.
 *
 * <p><b>Limits.</b> Processors and memory are those of the machine. The number of processes is not
 * limited: they share the pod's own kernel with nobody else.
 *
 * <p><b>Logs.</b> After a restart of hyperd it brings no new lines of containers that kept running.
 *
 * <p>Completes its stages on the loops of the group. Safe for use by several threads.
 */
public final class HyperdDriver implements PodDriver {

  private final HyperdConfig config;
  private final HyperdConnection connection;
  private final HyperdApi api;
  private final PodReader reader;
  private final PodRemover remover;
  private final PodLanes lanes;
  private final PodEvents events = new PodEvents();
  private final Exec exec;
  private final Restarts restarts;
  private final PodWatch watch;
  private final @Nullable PodGuard guard;

  private HyperdDriver(HyperdConfig config, HyperdConnection connection) {
    this.config = config;
    this.connection = connection;
    this.api = new HyperdApi(connection, config);
    this.reader = new PodReader(api, config.instance());
    this.remover = new PodRemover(api, connection, config);
    this.lanes = new PodLanes(config.limits().calls());
    this.exec = new Exec(api, connection);
    EventLoop loop = connection.loop();
    this.restarts = new Restarts(api, loop);
    this.guard = config.guard() == null ? null : new PodGuard(config, config.guard());
    DoubledAddresses doubled = new DoubledAddresses(config.instance(), reader, remover, lanes);
    this.watch =
        new PodWatch(
            api,
            reader,
            events,
            loop,
            config,
            restarts,
            survey -> {
              doubled.settle(survey);
              if (guard != null) {
                guard.look(survey.statuses(config.instance()));
              }
            });
    connection.onLost(watch::onLost);
  }

  /**
   * Returns a driver of the hyperd at {@link HyperdConfig#socket}. Nothing is sent yet: whether it
   * answers, {@link #runtime} tells.
   *
   * @param group of NIO loops; not closed with the driver
   */
  public static HyperdDriver connect(HyperdConfig config, EventLoopGroup group) {
    HyperdDriver driver = new HyperdDriver(config, new HyperdConnection(config, group));
    driver.watch.soon();
    return driver;
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return bare(
        api.version()
            .thenApply(
                version ->
                    new RuntimeInfo(
                        "hyperd",
                        version.text(),
                        Isolation.VM,
                        Set.of(Feature.EXEC, Feature.IMAGE_LIMITS, Feature.RESTARTS))));
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    CompletableFuture<Void> allowed =
        guard == null ? CompletableFuture.completedFuture(null) : guard.check(image, limits);
    return new ImagePull(api).pull(allowed, image, limits, progress);
  }

  /**
   * {@inheritDoc}
   *
   * <p>A container that ends with code 127 at once counts as one whose program was not found;
   * hyperd does not tell.
   */
  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    if (!isOwn(spec.id())) {
      throw new IllegalArgumentException(
          "pod id: " + spec.id() + " (expected: one of instance " + config.instance() + ")");
    }
    if (spec.containers().stream().anyMatch(one -> !one.limits().equals(Resources.UNLIMITED))) {
      return unsupported("run pod " + spec.id() + ": hyperd cannot limit single containers");
    }
    return lanes.enter(
        spec.id(),
        isCancelled ->
            bare(
                ready()
                    .thenCompose(ok -> begin(spec, isCancelled))
                    .thenApply(
                        status -> {
                          restarts.set(spec.id(), spec.restartPolicy());
                          watch.soon();
                          return status;
                        })));
  }

  private CompletableFuture<Void> ready() {
    return guard == null ? CompletableFuture.completedFuture(null) : guard.ready();
  }

  private CompletableFuture<PodStatus> begin(PodSpec spec, BooleanSupplier isCancelled) {
    if (guard == null) {
      PodRun.Admission any = (id, address) -> CompletableFuture.completedFuture(null);
      return new PodRun(api, reader, remover, spec, List.of(), any, isCancelled).begin();
    }
    return new PodRun(api, reader, remover, spec, guard.nameServers(), guard::admit, isCancelled)
        .begin()
        .thenCompose(
            status ->
                spec.egress()
                    ? guard.openEgress(spec.id()).thenApply(open -> status)
                    : CompletableFuture.completedFuture(status));
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return bare(
        find(id)
            .thenCompose(
                row ->
                    row
                        ? guard == null
                            ? CompletableFuture.<Void>completedFuture(null)
                            : ready().thenCompose(ok -> guard.openEgress(id))
                        : CompletableFuture.failedFuture(
                            new PodDriverException(
                                Reason.NO_SUCH_POD,
                                "open egress of pod " + id + ": there is no such pod"))));
  }

  private CompletableFuture<Boolean> find(PodId id) {
    return isOwn(id)
        ? api.row(id).thenApply(Optional::isPresent)
        : CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return isOwn(id)
        ? bare(reader.status(id))
        : CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return bare(reader.list());
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return bare(
        api.rows()
            .thenApply(
                rows ->
                    rows.stream()
                        .flatMap(row -> PodId.parse(row.id()).stream())
                        .filter(id -> !isOwn(id))
                        .toList()));
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return isOwn(id)
        ? lanes.enter(id, isCancelled -> bare(end(id, remover.stop(id))))
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return isOwn(id)
        ? lanes.enter(id, isCancelled -> bare(end(id, remover.remove(id))))
        : CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> end(PodId id, CompletableFuture<Void> ending) {
    restarts.forget(id);
    return ending
        .thenCompose(
            gone -> guard == null ? CompletableFuture.completedFuture(null) : guard.release(id))
        .thenRun(watch::soon);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Lines of one container come in the order they were written, as far as hyperd keeps it; those
   * of several as they arrive.
   */
  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return subscriber -> {
      LogSubscription subscription =
          new LogSubscription(api, connection, config, id, query, subscriber);
      subscription.begin(isOwn(id));
    };
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return events;
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return unsupported("measure pod " + id + ": hyperd's qemu driver does not tell");
  }

  /**
   * {@inheritDoc}
   *
   * <p>After the timeout the program runs on.
   */
  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return isOwn(id)
        ? bare(exec.run(id, container, command, timeout))
        : CompletableFuture.failedFuture(
            new PodDriverException(
                Reason.NO_SUCH_POD, "run a program in pod " + id + ": it is another instance's"));
  }

  private static <T> CompletableFuture<T> unsupported(String message) {
    return CompletableFuture.failedFuture(new PodDriverException(Reason.UNSUPPORTED, message));
  }

  private boolean isOwn(PodId id) {
    return id.instance().equals(config.instance());
  }

  /** Calls under way fail. */
  @Override
  public void close() {
    watch.close();
    events.close();
    connection.close();
    if (guard != null) {
      guard.close();
    }
  }

  /** Returns {@code stage} with failures as they are, not wrapped. */
  private static <T> CompletableFuture<T> bare(CompletableFuture<T> stage) {
    CompletableFuture<T> result = new CompletableFuture<>();
    stage.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(Stages.bare(failure));
          }
        });
    return result;
  }
}
