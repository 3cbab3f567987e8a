package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.LogLine;

/** Takes lines as they come. */
final class LineCollector implements Flow.Subscriber<LogLine> {

  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<LogLine> lines = new LinkedBlockingQueue<>(1 << 20);
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription.complete(given);
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(LogLine line) {
    lines.add(line);
  }

  @Override
  public void onError(Throwable reason) {
    end.completeExceptionally(reason);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }

  LogLine next() throws InterruptedException {
    LogLine line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(line).as("next line; stream: %s", end).isNotNull();
    return line;
  }

  void awaitEnd() throws Exception {
    end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  void cancel() {
    subscription.join().cancel();
  }
}
