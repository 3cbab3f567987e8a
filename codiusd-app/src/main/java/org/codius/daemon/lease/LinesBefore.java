package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import org.codius.hyper.LogLine;
import org.jspecify.annotations.Nullable;

/** Lines that are there, and then those of another publisher. */
final class LinesBefore implements Flow.Publisher<LogLine> {

  /** Ends at once. */
  static final Flow.Publisher<LogLine> NONE =
      subscriber -> {
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long lines) {}

              @Override
              public void cancel() {}
            });
        subscriber.onComplete();
      };

  private final List<LogLine> earlier;
  private final Flow.Publisher<LogLine> rest;

  LinesBefore(List<LogLine> earlier, Flow.Publisher<LogLine> rest) {
    this.earlier = earlier;
    this.rest = rest;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super LogLine> subscriber) {
    if (earlier.isEmpty()) {
      rest.subscribe(subscriber);
    } else {
      Relay relay = new Relay(earlier.iterator(), rest, subscriber);
      subscriber.onSubscribe(relay);
    }
  }

  /** Hands on what it has, one line for each asked for, and then lets the other publisher do so. */
  private static final class Relay implements Flow.Subscription, Flow.Subscriber<LogLine> {

    private final Iterator<LogLine> earlier;
    private final Flow.Publisher<LogLine> rest;
    private final Flow.Subscriber<? super LogLine> subscriber;

    @GuardedBy("this")
    private long demand;

    @GuardedBy("this")
    private boolean isBusy;

    @GuardedBy("this")
    private boolean isCancelled;

    @GuardedBy("this")
    private Flow.@Nullable Subscription other;

    Relay(
        Iterator<LogLine> earlier,
        Flow.Publisher<LogLine> rest,
        Flow.Subscriber<? super LogLine> subscriber) {
      this.earlier = earlier;
      this.rest = rest;
      this.subscriber = subscriber;
    }

    @Override
    public void request(long lines) {
      Flow.Subscription next;
      synchronized (this) {
        next = other;
        if (next == null) {
          demand = demand + lines < 0 ? Long.MAX_VALUE : demand + lines;
          if (isBusy) {
            return; // whoever is at it goes on
          }
          isBusy = true;
        }
      }
      if (next != null) {
        next.request(lines);
      } else {
        handOn();
      }
    }

    private void handOn() {
      while (takeOne()) {
        subscriber.onNext(earlier.next());
        if (!earlier.hasNext()) {
          rest.subscribe(this);
          return; // for good: isBusy stays
        }
      }
    }

    private synchronized boolean takeOne() {
      if (isCancelled || demand == 0) {
        isBusy = false;
        return false;
      }
      demand--;
      return true;
    }

    @Override
    public void cancel() {
      Flow.Subscription next;
      synchronized (this) {
        isCancelled = true;
        next = other;
      }
      if (next != null) {
        next.cancel();
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      long left;
      boolean isOver;
      synchronized (this) {
        other = subscription;
        left = demand;
        isOver = isCancelled;
      }
      if (isOver) {
        subscription.cancel();
      } else if (left > 0) {
        subscription.request(left);
      }
    }

    @Override
    public void onNext(LogLine line) {
      subscriber.onNext(line);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }
  }
}
