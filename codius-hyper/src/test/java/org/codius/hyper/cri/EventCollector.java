package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodEvent;

/** Takes events as they come. */
final class EventCollector implements Flow.Subscriber<PodEvent> {

  private static final int PATIENCE_SECONDS = 60;

  private final BlockingQueue<PodEvent> events = new LinkedBlockingQueue<>(10_000);

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(PodEvent event) {
    events.add(event);
  }

  @Override
  public void onError(Throwable reason) {
    throw new AssertionError("events do not fail", reason);
  }

  @Override
  public void onComplete() {}

  PodEvent next() throws InterruptedException {
    PodEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(event).as("next event").isNotNull();
    return event;
  }

  /** Skips events up to one of that type. */
  <E extends PodEvent> E next(Class<E> type) throws InterruptedException {
    while (true) {
      PodEvent event = next();
      if (type.isInstance(event)) {
        return type.cast(event);
      }
    }
  }
}
