package org.codius.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
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
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * Stands for a runtime that must not be used: every call fails with the reason for that.
 *
 * @param reason why no pod may run here
 */
record NoPods(PodDriverException reason) implements PodDriver {

  private static final RuntimeInfo INFO =
      new RuntimeInfo("none", "", Isolation.NAMESPACE, Set.of());

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return CompletableFuture.completedFuture(INFO);
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return failed();
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    return failed();
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return failed();
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return failed();
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return failed();
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return failed();
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return failed();
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return failed();
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return subscriber -> {
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(reason);
    };
  }

  /** Nothing happens to pods that do not run. */
  @Override
  public Flow.Publisher<PodEvent> events() {
    return subscriber -> subscriber.onSubscribe(new Nothing());
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return failed();
  }

  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return failed();
  }

  @Override
  public void close() {}

  private <T> CompletionStage<T> failed() {
    return CompletableFuture.failedFuture(reason);
  }

  /** Of a publisher that publishes nothing. */
  private record Nothing() implements Flow.Subscription {

    @Override
    public void request(long many) {}

    @Override
    public void cancel() {}
  }
}
