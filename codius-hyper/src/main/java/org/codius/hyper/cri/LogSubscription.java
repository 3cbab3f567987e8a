package org.codius.hyper.cri;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands a pod's lines to one subscriber, as many as it asks for.
 *
 * <p>At most one turn is scheduled or running at any time, and it alone touches the readers and the
 * subscriber. A turn ends when the demand is met, after {@value #LINES_PER_TURN} lines, or when
 * there is nothing to read; while there is demand the next follows, in the last case after a pause.
 * So a subscriber that asks for nothing costs nothing.
 */
final class LogSubscription implements Flow.Subscription {

  private static final Logger log = LoggerFactory.getLogger(LogSubscription.class);

  private static final int LINES_PER_TURN = 256;
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** How long nothing has to have come before the runtime is asked whether the pod has ended. */
  private static final int IDLE_TURNS_TO_ASK = 5;

  private final PodLogs logs;
  private final Flow.Subscriber<? super LogLine> subscriber;
  private final ScheduledExecutorService executor;

  private final AtomicLong demand = new AtomicLong();
  private final AtomicBoolean isScheduled = new AtomicBoolean();
  private volatile boolean hasBegun;
  private volatile boolean isCancelled;
  private volatile boolean isMisused;

  /** Only in a turn. */
  private @Nullable List<ContainerLogReader> readers;

  private int idleTurns;
  private boolean isLastTurn;
  private boolean isDone;

  LogSubscription(
      PodLogs logs,
      Flow.Subscriber<? super LogLine> subscriber,
      ScheduledExecutorService executor) {
    this.logs = logs;
    this.subscriber = subscriber;
    this.executor = executor;
  }

  @Override
  public void request(long lines) {
    if (lines <= 0) {
      isMisused = true;
    } else {
      demand.accumulateAndGet(lines, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }
    schedule(Duration.ZERO);
  }

  @Override
  public void cancel() {
    isCancelled = true;
    schedule(Duration.ZERO); // to close the files
  }

  /**
   * Begins, as soon as the subscriber knows it and whether or not it has asked: that there is no
   * such pod is said at once.
   */
  void begin() {
    subscriber.onSubscribe(this);
    hasBegun = true;
    schedule(Duration.ZERO);
  }

  private void schedule(Duration pause) {
    if (!hasBegun || !isScheduled.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused = executor.schedule(this::turn, pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("driver closed with a log open"); // and it has ended the subscription
    }
  }

  /**
   * Ends the subscription because the driver closes. To be called when no turn can run any more.
   */
  void abort() {
    if (isCancelled) {
      finish();
    } else if (!isDone) {
      fail(new PodDriverException(Reason.RUNTIME_UNAVAILABLE, "read logs: the driver was closed"));
    }
  }

  /** Ends the subscription before it began. */
  void refuse(String message) {
    isDone = true;
    subscriber.onSubscribe(this);
    subscriber.onError(new PodDriverException(Reason.RUNTIME_UNAVAILABLE, message));
  }

  private void turn() {
    Duration pause = null;
    try {
      pause = isDone ? null : next();
    } catch (IOException | RuntimeException e) {
      fail(logs.failure(e));
    }
    isScheduled.set(false);
    if (isDone) {
      return;
    }
    if (pause != null) {
      schedule(pause);
    } else if (demand.get() > 0 || isCancelled || isMisused) {
      schedule(Duration.ZERO); // asked for between our last look and the flag
    }
  }

  /** Returns how long to wait before the next turn, or null if there is no demand. */
  private @Nullable Duration next() throws IOException {
    if (isCancelled) {
      finish();
      return null;
    }
    if (isMisused) {
      fail(new IllegalArgumentException("request: not positive (expected: at least 1 line)"));
      return null;
    }
    if (readers == null) {
      readers = logs.open();
    }
    for (int i = 0; i < LINES_PER_TURN; i++) {
      Optional<ContainerLogReader> earliest = earliest(readers);
      if (demand.get() == 0 && (earliest.isPresent() || logs.isFollowing())) {
        return null;
      }
      if (earliest.isEmpty()) {
        return onNothingToRead(readers);
      }
      idleTurns = 0;
      demand.decrementAndGet();
      subscriber.onNext(earliest.get().take());
      if (isCancelled) {
        finish();
        return null;
      }
    }
    return Duration.ZERO;
  }

  private @Nullable Duration onNothingToRead(List<ContainerLogReader> readers) {
    if (readers.stream().anyMatch(ContainerLogReader::isWaiting)) {
      return PAUSE;
    }
    if (isLastTurn) {
      if (readers.stream().filter(ContainerLogReader::endLines).count() > 0) {
        return Duration.ZERO;
      }
      finish();
      subscriber.onComplete();
      return null;
    }
    if (idleTurns++ % IDLE_TURNS_TO_ASK == 0) {
      isLastTurn = logs.isComplete(); // what was written until then is there to be read now
      return isLastTurn ? Duration.ZERO : PAUSE;
    }
    return PAUSE;
  }

  private static Optional<ContainerLogReader> earliest(List<ContainerLogReader> readers)
      throws IOException {
    ContainerLogReader earliest = null;
    LogLine first = null;
    for (ContainerLogReader reader : readers) {
      Optional<LogLine> line = reader.peek();
      if (line.isPresent() && (first == null || line.get().at().isBefore(first.at()))) {
        earliest = reader;
        first = line.get();
      }
    }
    return Optional.ofNullable(earliest);
  }

  private void fail(RuntimeException reason) {
    finish();
    subscriber.onError(reason);
  }

  private void finish() {
    isDone = true;
    logs.onEnd(this);
    if (readers != null) {
      PodLogs.close(readers);
    }
  }
}
