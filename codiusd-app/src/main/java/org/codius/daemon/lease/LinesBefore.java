package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.codius.daemon.lease.EvidenceStore.KeptLog;
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

  private final Supplier<Optional<KeptLog>> earlier;
  private final Flow.Publisher<LogLine> rest;

  /**
   * @param earlier opens those that are there, if there are any, once they are asked for; that, and
   *     each {@code request} for them, may block
   */
  LinesBefore(Supplier<Optional<KeptLog>> earlier, Flow.Publisher<LogLine> rest) {
    this.earlier = earlier;
    this.rest = rest;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super LogLine> subscriber) {
    subscriber.onSubscribe(new Relay(earlier, rest, subscriber));
  }

  /** Hands on what it has, one line for each asked for, and then lets the other publisher do so. */
  private static final class Relay implements Flow.Subscription, Flow.Subscriber<LogLine> {

    private final Supplier<Optional<KeptLog>> opening;
    private final Flow.Publisher<LogLine> rest;
    private final Flow.Subscriber<? super LogLine> subscriber;

    @GuardedBy("this")
    private long demand;

    @GuardedBy("this")
    private boolean isBusy;

    @GuardedBy("this")
    private boolean isCancelled;

    /** Touched by who has made this busy. */
    private @Nullable KeptLog earlier;

    @GuardedBy("this")
    private Flow.@Nullable Subscription other;

    Relay(
        Supplier<Optional<KeptLog>> opening,
        Flow.Publisher<LogLine> rest,
        Flow.Subscriber<? super LogLine> subscriber) {
      this.opening = opening;
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
        Optional<LogLine> line;
        try {
          line = next();
        } catch (RuntimeException e) {
          close();
          subscriber.onError(e);
          return; // for good: isBusy stays
        }
        if (line.isEmpty()) {
          close();
          giveBackOne();
          rest.subscribe(this);
          return; // for good, too
        }
        subscriber.onNext(line.get());
      }
    }

    private Optional<LogLine> next() {
      if (earlier == null) {
        earlier = opening.get().orElse(null);
      }
      return earlier != null && earlier.hasNext() ? Optional.of(earlier.next()) : Optional.empty();
    }

    private void close() {
      if (earlier != null) {
        earlier.close();
      }
    }

    private synchronized boolean takeOne() {
      if (isCancelled) {
        close();
        return false; // for good
      }
      if (demand == 0) {
        isBusy = false;
        return false;
      }
      demand--;
      return true;
    }

    private synchronized void giveBackOne() {
      demand++;
    }

    @Override
    public void cancel() {
      Flow.Subscription next;
      synchronized (this) {
        isCancelled = true;
        next = other;
        if (!isBusy) {
          isBusy = true; // for good
          close();
        }
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
