package org.codius.hyper.hyperd;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscriber;
import java.util.function.Consumer;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;

/**
 * Gives a subscriber the lines of all containers of a pod, as far as it asked for them.
 *
 * <p>Confined to its event loop, on which the subscriber is called; {@link #request} and {@link
 * #cancel} may be called from anywhere.
 */
final class LogSubscription implements Flow.Subscription {

  private final HyperdApi api;
  private final HyperdConnection connection;
  private final HyperdConfig config;
  private final PodId id;
  private final LogQuery query;
  private final Subscriber<? super LogLine> subscriber;
  private final EventLoop loop;
  private final List<LogStream> streams = new ArrayList<>();
  private long requested;
  private boolean isOpen;
  private boolean isDraining;
  private boolean isDone;

  LogSubscription(
      HyperdApi api,
      HyperdConnection connection,
      HyperdConfig config,
      PodId id,
      LogQuery query,
      Subscriber<? super LogLine> subscriber) {
    this.api = api;
    this.connection = connection;
    this.config = config;
    this.id = id;
    this.query = query;
    this.subscriber = subscriber;
    this.loop = connection.loop();
  }

  void begin(boolean isOwn) {
    loop.execute(
        () -> {
          subscriber.onSubscribe(this);
          if (isOwn) {
            on(api.row(id), this::look);
          } else {
            fail(noSuchPod());
          }
        });
  }

  private void look(Optional<PodRow> row) {
    if (row.isEmpty()) {
      fail(noSuchPod());
      return;
    }
    on(
        api.info(id.toString()),
        info -> open(row.get(), info.map(PodInfo::containers).orElse(List.of())));
  }

  /** Only containers that run are followed: hyperd would not end with the others. */
  private void open(PodRow row, List<PodInfo.Container> containers) {
    for (PodInfo.Container container : containers) {
      boolean isFollowed = query.follow() && row.isUp() && container.isRunning();
      HyperdRequest request = api.logs(container.name(), isFollowed, query);
      LogStream stream =
          new LogStream(
              request,
              this,
              container.name(),
              PodInfo.containerName(id, container.name()),
              config.limits().logLineBytes(),
              isFollowed,
              (isFollowed ? config.timeouts().logSilence() : request.timeout()).toMillis());
      streams.add(stream);
      CompletableFuture<Void> failure = new CompletableFuture<>();
      on(failure, never -> {});
      connection.connect(request, loop, stream, failure);
    }
    isOpen = true;
    drain();
  }

  /** Takes {@code next} back to the loop, unless the stage or the subscription fails before. */
  private <T> void on(CompletableFuture<T> stage, Consumer<T> next) {
    stage.whenComplete(
        (value, failure) ->
            loop.execute(
                () -> {
                  if (failure != null) {
                    fail(Stages.bare(failure));
                  } else if (!isDone) {
                    next.accept(value);
                  }
                }));
  }

  CompletableFuture<Boolean> isContainerRunning(String container) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    api.row(id)
        .thenCombine(
            api.info(id.toString()),
            (row, info) ->
                row.filter(PodRow::isUp).isPresent()
                    && info.map(PodInfo::containers).orElse(List.of()).stream()
                        .anyMatch(one -> one.name().equals(container) && one.isRunning()))
        .whenComplete(
            (isRunning, failure) ->
                loop.execute(
                    () -> {
                      if (failure == null) {
                        answer.complete(isRunning);
                      } else {
                        answer.completeExceptionally(failure);
                      }
                    }));
    return answer;
  }

  /** A log that breaks off with its pod has ended; otherwise it failed. */
  void onBroken(PodDriverException failure) {
    on(
        api.row(id),
        row -> {
          if (row.isPresent()) {
            fail(failure);
          } else {
            drain();
          }
        });
  }

  @Override
  public void request(long n) {
    loop.execute(
        () -> {
          if (n <= 0) {
            fail(new IllegalArgumentException("request: " + n + " (expected: more than 0)"));
            return;
          }
          requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
          drain();
        });
  }

  @Override
  public void cancel() {
    loop.execute(this::finish);
  }

  /** Gives the subscriber what it asked for and what there is. */
  void drain() {
    if (isDraining || isDone || !isOpen) {
      return;
    }
    isDraining = true;
    for (LogStream stream : streams) {
      while (requested > 0 && !isDone) {
        LogLine line = stream.poll();
        if (line == null) {
          break;
        }
        requested -= requested == Long.MAX_VALUE ? 0 : 1;
        give(line);
      }
    }
    isDraining = false;
    if (!isDone && streams.stream().allMatch(LogStream::isAtEnd)) {
      finish();
      subscriber.onComplete();
    }
  }

  /** One who cannot take a line gets no more; the loop is not only theirs. */
  private void give(LogLine line) {
    try {
      subscriber.onNext(line);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  void fail(Throwable failure) {
    if (!isDone) {
      finish();
      subscriber.onError(failure);
    }
  }

  private void finish() {
    isDone = true;
    streams.forEach(LogStream::close);
  }

  private PodDriverException noSuchPod() {
    return new PodDriverException(
        Reason.NO_SUCH_POD, "read logs of pod " + id + ": there is no such pod");
  }
}
