package org.codius.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Function;
import org.codius.hyper.ExecResult;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStats;
import org.codius.hyper.PodStatus;
import org.codius.hyper.PullProgress;
import org.codius.hyper.RuntimeInfo;
import org.jspecify.annotations.Nullable;

/**
 * A driver that comes later: until it is there, every call fails with the reason why it is not.
 *
 * <p>It is not closed with this, but by who opened it. Safe for use by several threads.
 */
final class LateDriver implements PodDriver {

  private volatile @Nullable PodDriver driver;
  private volatile PodDriverException reason;

  LateDriver(PodDriverException reason) {
    this.reason = reason;
  }

  /** Says why it is still not there. */
  void refuse(PodDriverException reason) {
    this.reason = reason;
  }

  /** Has all calls go to {@code driver} from now on. */
  void set(PodDriver driver) {
    this.driver = driver;
  }

  private <T> CompletionStage<T> call(Function<PodDriver, CompletionStage<T>> call) {
    PodDriver current = driver;
    return current == null ? CompletableFuture.failedFuture(reason) : call.apply(current);
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return call(PodDriver::runtime);
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return call(current -> current.pull(image, limits, progress));
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    return call(current -> current.run(spec));
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return call(current -> current.openEgress(id));
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return call(current -> current.status(id));
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return call(PodDriver::list);
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return call(PodDriver::others);
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return call(current -> current.stop(id));
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return call(current -> current.remove(id));
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return published(current -> current.logs(id, query));
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return published(PodDriver::events);
  }

  private <T> Flow.Publisher<T> published(Function<PodDriver, Flow.Publisher<T>> call) {
    return subscriber -> {
      PodDriver current = driver;
      if (current == null) {
        subscriber.onSubscribe(new Nothing());
        subscriber.onError(reason);
      } else {
        call.apply(current).subscribe(subscriber);
      }
    };
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return call(current -> current.stats(id));
  }

  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return call(current -> current.exec(id, container, command, timeout));
  }

  @Override
  public void close() {}

  /** Of a publisher that publishes nothing. */
  private record Nothing() implements Flow.Subscription {

    @Override
    public void request(long many) {}

    @Override
    public void cancel() {}
  }
}
