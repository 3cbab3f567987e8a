package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.LogLine;

/** A subscriber that keeps what it gets, for a test to wait for. Asks for lines when told to. */
public final class LogCollector implements Flow.Subscriber<LogLine> {

  private static final int MAX_LINES = 10_000;

  private final Duration patience;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final LinkedBlockingQueue<LogLine> lines = new LinkedBlockingQueue<>(MAX_LINES);

  public LogCollector(Duration patience) {
    this.patience = patience;
  }

  /** Subscribes to {@code publisher} and asks for {@code count} lines. */
  public LogCollector readFrom(Flow.Publisher<LogLine> publisher, long count) throws Exception {
    publisher.subscribe(this);
    request(count);
    return this;
  }

  public void request(long count) throws Exception {
    subscription.get(patience.toMillis(), TimeUnit.MILLISECONDS).request(count);
  }

  public void cancel() throws Exception {
    subscription.get(patience.toMillis(), TimeUnit.MILLISECONDS).cancel();
  }

  /** Waits for the next line. */
  public LogLine next() throws InterruptedException {
    LogLine line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(line).as("next log line").isNotNull();
    return line;
  }

  /** Returns the lines that came and were not taken. */
  public List<LogLine> rest() {
    List<LogLine> rest = new ArrayList<>();
    lines.drainTo(rest);
    return rest;
  }

  /** Returns what is completed when the publisher is done, exceptionally if it failed. */
  public CompletableFuture<Void> end() {
    return end;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription.complete(newSubscription);
  }

  @Override
  public void onNext(LogLine line) {
    lines.add(line);
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
