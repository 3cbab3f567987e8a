package org.codius.hyper.testing;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.jspecify.annotations.Nullable;

/** The lines of a fake pod and those who read them. Keeps the first {@value #MAX_LINES} lines. */
final class FakeLog {

  private static final int MAX_LINES = 100_000;

  private final List<LogLine> lines = new ArrayList<>();
  private final List<Reader> readers = new CopyOnWriteArrayList<>();
  private boolean hasEnded;

  void append(LogLine line) {
    synchronized (this) {
      if (hasEnded || lines.size() == MAX_LINES) {
        return;
      }
      lines.add(line);
    }
    readers.forEach(Reader::deliver);
  }

  void end() {
    synchronized (this) {
      hasEnded = true;
    }
    readers.forEach(Reader::deliver);
  }

  void subscribe(Subscriber<? super LogLine> subscriber, LogQuery query) {
    Reader reader;
    synchronized (this) {
      reader =
          new Reader(
              subscriber,
              query.since(),
              excess(query),
              query.follow() ? Integer.MAX_VALUE : lines.size());
    }
    readers.add(reader);
    subscriber.onSubscribe(reader);
    reader.deliver();
  }

  /** Returns how many of each container's lines come before its last ones. */
  @GuardedBy("this")
  private Map<String, Integer> excess(LogQuery query) {
    Map<String, Integer> excess = new HashMap<>();
    for (LogLine line : lines) {
      if (!line.at().isBefore(query.since())) {
        excess.merge(line.container(), 1, Integer::sum);
      }
    }
    excess.replaceAll((container, count) -> Math.max(0, count - query.tail()));
    return excess;
  }

  /** Gives {@code subscriber} nothing but a failure. */
  static void refuse(Subscriber<?> subscriber, Throwable failure) {
    subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long n) {}

          @Override
          public void cancel() {}
        });
    subscriber.onError(failure);
  }

  private synchronized @Nullable LogLine line(int index) {
    return index < lines.size() ? lines.get(index) : null;
  }

  private synchronized boolean isAtEnd(int index, int limit) {
    return index >= limit || (hasEnded && index >= lines.size());
  }

  /** One subscription. Whoever raises {@code missed} from zero delivers; others leave it to him. */
  private final class Reader implements Flow.Subscription {

    private final Subscriber<? super LogLine> subscriber;
    private final Instant since;
    private final Map<String, Integer> excess;
    private final int limit;
    private final AtomicInteger missed = new AtomicInteger();
    private long requested;
    private int next;
    private volatile boolean isDone;

    Reader(
        Subscriber<? super LogLine> subscriber,
        Instant since,
        Map<String, Integer> excess,
        int limit) {
      this.subscriber = subscriber;
      this.since = since;
      this.excess = excess;
      this.limit = limit;
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        if (finish()) {
          subscriber.onError(
              new IllegalArgumentException("request: " + n + " (expected: more than 0)"));
        }
        return;
      }
      synchronized (this) {
        requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
      }
      deliver();
    }

    @Override
    public void cancel() {
      finish();
    }

    void deliver() {
      if (missed.getAndIncrement() != 0) {
        return;
      }
      int seen = 1;
      while (seen != 0) {
        deliverRequested();
        seen = missed.addAndGet(-seen);
      }
    }

    private void deliverRequested() {
      while (!isDone) {
        LogLine line = next < limit ? line(next) : null;
        if (line == null) {
          if (isAtEnd(next, limit) && finish()) {
            subscriber.onComplete();
          }
          return;
        }
        if (isLeftOut(line)) {
          next++;
          continue;
        }
        synchronized (this) {
          if (requested == 0) {
            return;
          }
          requested -= requested == Long.MAX_VALUE ? 0 : 1;
        }
        next++;
        try {
          subscriber.onNext(line);
        } catch (RuntimeException e) {
          if (finish()) {
            subscriber.onError(e);
          }
        }
      }
    }

    private boolean isLeftOut(LogLine line) {
      if (line.at().isBefore(since)) {
        return true;
      }
      int left = excess.getOrDefault(line.container(), 0);
      excess.put(line.container(), Math.max(0, left - 1));
      return left > 0;
    }

    private boolean finish() {
      synchronized (this) {
        if (isDone) {
          return false;
        }
        isDone = true;
      }
      readers.remove(this);
      return true;
    }
  }
}
