package org.codius.daemon.admin;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
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

/** A driver whose pulls and starts are counted, by how they end. */
public final class MeteredDriver implements PodDriver {

  private final PodDriver driver;
  private final MeterRegistry registry;

  public MeteredDriver(PodDriver driver, MeterRegistry registry) {
    this.driver = driver;
    this.registry = registry;
  }

  private <T> CompletionStage<T> counted(String meter, CompletionStage<T> stage) {
    // The very stage is returned: whoever cancels it cancels the driver's.
    stage.whenComplete(
        (done, failure) ->
            registry
                .counter(meter, "result", failure == null ? "ok" : reasonOf(failure))
                .increment());
    return stage;
  }

  private static String reasonOf(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof PodDriverException driver ? driver.reason().name() : "OTHER";
  }

  @Override
  public CompletionStage<Void> pull(
      String image, ImageLimits limits, Consumer<? super PullProgress> progress) {
    return counted("codius.pulls", driver.pull(image, limits, progress));
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    return counted("codius.starts", driver.run(spec));
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    return driver.runtime();
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    return driver.openEgress(id);
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    return driver.status(id);
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    return driver.list();
  }

  @Override
  public CompletionStage<List<PodId>> others() {
    return driver.others();
  }

  @Override
  public CompletionStage<Void> stop(PodId id) {
    return driver.stop(id);
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    return driver.remove(id);
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, LogQuery query) {
    return driver.logs(id, query);
  }

  @Override
  public Flow.Publisher<PodEvent> events() {
    return driver.events();
  }

  @Override
  public CompletionStage<PodStats> stats(PodId id) {
    return driver.stats(id);
  }

  @Override
  public CompletionStage<ExecResult> exec(
      PodId id, String container, List<String> command, Duration timeout) {
    return driver.exec(id, container, command, timeout);
  }

  @Override
  public void close() {
    driver.close();
  }
}
