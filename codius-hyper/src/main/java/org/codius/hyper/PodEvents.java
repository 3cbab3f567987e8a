package org.codius.hyper;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the events of a driver to those who listen.
 *
 * <p>Each is called by whichever thread brings an event or asks for one, never by two at a time. Of
 * events that were not asked for, the first {@value #MAX_WAITING} wait; the ones after them are
 * left out and a {@link PodEvent.Missed} takes their place. A subscriber that throws is cancelled.
 * Safe for use by several threads.
 */
public final class PodEvents implements Flow.Publisher<PodEvent>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodEvents.class);

  static final int MAX_WAITING = 1024;

  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /** Tells everybody. */
  public void publish(PodEvent event) {
    for (Subscription subscription : subscriptions) {
      subscription.offer(event);
    }
  }

  @Override
  public void subscribe(Flow.Subscriber<? super PodEvent> subscriber) {
    Subscription subscription = new Subscription(subscriber);
    subscriptions.add(subscription);
    subscriber.onSubscribe(subscription);
    subscription.open();
    if (closed) {
      subscription.end();
    }
  }

  /** Returns whether anybody listens. */
  public boolean isHeard() {
    return !subscriptions.isEmpty();
  }

  /** Ends all subscriptions, once what waits was asked for, and those to come. */
  @Override
  public void close() {
    closed = true;
    subscriptions.forEach(Subscription::end);
  }

  /** One who listens. Its lock is held for its state, never while it is called. */
  private final class Subscription implements Flow.Subscription {

    private final Flow.Subscriber<? super PodEvent> subscriber;
    private final Deque<PodEvent> waiting = new ArrayDeque<>();
    private long requested;
    private boolean hasBegun;
    private boolean isMisused;
    private boolean isEnding;
    private boolean isDone;

    /** Whether a thread is calling the subscriber; it does so until there is nothing left. */
    private boolean isDelivering;

    Subscription(Flow.Subscriber<? super PodEvent> subscriber) {
      this.subscriber = subscriber;
    }

    void open() {
      synchronized (this) {
        hasBegun = true;
      }
      deliver();
    }

    void offer(PodEvent event) {
      synchronized (this) {
        if (isDone || isEnding) {
          return;
        }
        if (waiting.size() < MAX_WAITING) {
          waiting.add(event);
        } else if (!(waiting.getLast() instanceof PodEvent.Missed)) {
          waiting.add(new PodEvent.Missed());
        }
      }
      deliver();
    }

    void end() {
      synchronized (this) {
        isEnding = true;
      }
      deliver();
    }

    @Override
    public void request(long n) {
      synchronized (this) {
        isMisused |= n <= 0;
        requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
      }
      deliver();
    }

    @Override
    public synchronized void cancel() {
      isDone = true;
      subscriptions.remove(this);
      waiting.clear();
    }

    private void deliver() {
      synchronized (this) {
        if (isDelivering || !hasBegun) {
          return;
        }
        isDelivering = true;
      }
      for (Runnable call = next(); call != null; call = next()) {
        try {
          call.run();
        } catch (RuntimeException e) {
          log.warn("listener to events failed, it hears no more", e);
          cancel();
        }
      }
    }

    /** Returns the next call of the subscriber, or null if there is none now. */
    private synchronized @Nullable Runnable next() {
      if (!isDone && isMisused) {
        cancel();
        return () ->
            subscriber.onError(
                new IllegalArgumentException("request: not positive (expected: more than 0)"));
      }
      if (!isDone && requested > 0 && !waiting.isEmpty()) {
        requested -= requested == Long.MAX_VALUE ? 0 : 1;
        PodEvent event = waiting.remove();
        return () -> subscriber.onNext(event);
      }
      if (!isDone && isEnding && waiting.isEmpty()) {
        cancel();
        return subscriber::onComplete;
      }
      isDelivering = false;
      return null;
    }
  }
}
