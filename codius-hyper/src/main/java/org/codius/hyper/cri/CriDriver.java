package org.codius.hyper.cri;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.RuntimeInfo;

/**
 * Runs pods on a runtime that speaks CRI v1: containerd or CRI-O.
 *
 * <p>Safe for use by several threads.
 */
public final class CriDriver implements PodDriver {

  private CriDriver() {}

  /**
   * Connects to the runtime and takes up the instance's pods that it already runs. Blocks until the
   * runtime has answered.
   *
   * @throws org.codius.hyper.PodDriverException if it does not, or the firewall cannot be applied
   */
  public static CriDriver connect(CriConfig config) {
    return new CriDriver();
  }

  @Override
  public CompletionStage<RuntimeInfo> runtime() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> pull(String image) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<PodStatus> run(PodSpec spec) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> openEgress(PodId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<PodStatus>> status(PodId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<PodStatus>> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> remove(PodId id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flow.Publisher<LogLine> logs(PodId id, boolean follow) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
