package org.codius.hyper.cri;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;

/**
 * A pod's output: that of its containers, merged by time. Each subscriber reads it from the start.
 */
final class PodLogs implements Flow.Publisher<LogLine> {

  private static final int MOST_SUBSCRIPTIONS = 256;

  private final PodView view;
  private final PodFolders folders;
  private final PodId id;
  private final LogQuery query;
  private final ScheduledExecutorService executor;
  private final Set<LogSubscription> open;

  /**
   * @param open the subscriptions that have not ended, for the driver to end them
   */
  PodLogs(
      PodView view,
      PodFolders folders,
      PodId id,
      LogQuery query,
      ScheduledExecutorService executor,
      Set<LogSubscription> open) {
    this.view = view;
    this.folders = folders;
    this.id = id;
    this.query = query;
    this.executor = executor;
    this.open = open;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super LogLine> subscriber) {
    LogSubscription subscription = new LogSubscription(this, subscriber, executor);
    if (open.size() >= MOST_SUBSCRIPTIONS) {
      subscription.refuse("read the logs of " + id + ": too many are being read");
      return;
    }
    open.add(subscription);
    subscription.begin();
  }

  /** Returns a reader for each container, at the first line to hand out. */
  List<ContainerLogReader> open() throws IOException {
    List<ContainerLogReader> readers = new ArrayList<>();
    for (Cri.Container container : view.containers(id)) {
      ContainerLogReader reader =
          new ContainerLogReader(
              PodView.nameOf(container),
              folders.logFiles(id, PodView.indexOf(container)),
              query.since());
      readers.add(reader);
      if (query.tail() != Integer.MAX_VALUE) {
        reader.keepLast(query.tail());
      }
    }
    if (readers.isEmpty()) {
      throw new PodDriverException(
          Reason.NO_SUCH_POD, "read the logs of " + id + ": there is no such pod");
    }
    return readers;
  }

  boolean isFollowing() {
    return query.follow();
  }

  void onEnd(LogSubscription subscription) {
    open.remove(subscription);
  }

  /** Returns whether nothing more will come once all is read. */
  boolean isComplete() {
    return !query.follow() || view.hasEnded(id);
  }

  PodDriverException failure(Exception e) {
    if (e instanceof PodDriverException failure) {
      return failure;
    }
    String action = "read the logs of " + id;
    if (e instanceof ClosedByInterruptException) {
      return new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, action + ": the driver was closed", e);
    }
    return e instanceof StatusRuntimeException status
        ? CriErrors.of(action, Reason.RUNTIME_UNAVAILABLE, status)
        : new PodDriverException(Reason.RUNTIME_UNAVAILABLE, action + ": " + e.getMessage(), e);
  }

  static void close(List<ContainerLogReader> readers) {
    IOException failure = null;
    for (ContainerLogReader reader : readers) {
      try {
        reader.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "close a log: " + failure.getMessage(), failure);
    }
  }
}
