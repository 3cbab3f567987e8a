package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A subscriber that keeps what it gets, for a test to wait for. Asks for more when told to. */
public final class StreamCollector<T> implements Flow.Subscriber<T> {

  private static final int MAX_WAITING = 200_000;

  private final Duration patience;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final LinkedBlockingQueue<T> lines = new LinkedBlockingQueue<>(MAX_WAITING);

  public StreamCollector(Duration patience) {
    this.patience = patience;
  }

  /** Subscribes to {@code publisher} and asks for {@code count} of them. */
  public StreamCollector<T> readFrom(Flow.Publisher<T> publisher, long count) throws Exception {
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

  /** Waits for the next. */
  public T next() throws InterruptedException {
    T line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(line).as("next of the stream").isNotNull();
    return line;
  }

  /** Returns what came and was not taken. */
  public List<T> rest() {
    List<T> rest = new ArrayList<>();
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
  public void onNext(T line) {
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
