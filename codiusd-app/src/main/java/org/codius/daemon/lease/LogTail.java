package org.codius.daemon.lease;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.codius.hyper.LogLine;

/** Collects the last bytes that each container wrote. Safe for use by several threads. */
final class LogTail implements Flow.Subscriber<LogLine> {

  /** How many bytes of each container are kept. */
  static final int LIMIT = 1 << 20;

  /** And of all of a pod's: those of many share it. */
  static final int POD_LIMIT = 8 << 20;

  /** What a line takes beside its text, here and where it is kept: empty ones are not free. */
  private static final int LINE_BYTES = 100;

  private final int limit;

  @GuardedBy("this")
  private final Map<String, Tail> tails = new HashMap<>();

  private final CompletableFuture<List<LogLine>> lines = new CompletableFuture<>();

  /**
   * @param containers how many the pod has
   */
  LogTail(int containers) {
    this.limit = Math.min(LIMIT, POD_LIMIT / Math.max(1, containers));
  }

  /** Adds lines from elsewhere, before those that come. */
  void addAll(Iterator<LogLine> earlier) {
    earlier.forEachRemaining(this::add);
  }

  /** Returns the lines, oldest first, once the last has come. */
  CompletionStage<List<LogLine>> lines() {
    return lines;
  }

  /** Returns the lines that have come so far, oldest first. */
  synchronized List<LogLine> soFar() {
    List<LogLine> all = new ArrayList<>();
    tails.values().forEach(tail -> all.addAll(tail.lines));
    all.sort(Comparator.comparing(LogLine::at)); // stable: a container's lines stay in their order
    return all;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(LogLine line) {
    add(line);
  }

  @Override
  public void onError(Throwable failure) {
    lines.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    lines.complete(soFar());
  }

  private synchronized void add(LogLine line) {
    tails.computeIfAbsent(line.container(), name -> new Tail()).add(line);
  }

  /** The last lines of one container. */
  private final class Tail {
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private int bytes;

    void add(LogLine line) {
      lines.add(line);
      bytes += size(line);
      while (bytes > limit && lines.size() > 1) {
        bytes -= size(lines.remove());
      }
    }

    private static int size(LogLine line) {
      return line.text().getBytes(StandardCharsets.UTF_8).length + LINE_BYTES;
    }
  }
}
