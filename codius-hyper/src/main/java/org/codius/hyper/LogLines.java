package org.codius.hyper;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** Reads a pod's output without more ado. */
public final class LogLines {

  private LogLines() {}

  /**
   * Gives each line to {@code action}, the next when it is done with the last.
   *
   * @return what completes when the output ends, and fails if it does or the action throws
   */
  public static CompletionStage<Void> forEach(
      Flow.Publisher<LogLine> lines, Consumer<? super LogLine> action) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    lines.subscribe(new Reader(action, end));
    return end;
  }

  private static final class Reader implements Flow.Subscriber<LogLine> {

    private final Consumer<? super LogLine> action;
    private final CompletableFuture<Void> end;

    Reader(Consumer<? super LogLine> action, CompletableFuture<Void> end) {
      this.action = action;
      this.end = end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      end.whenComplete((done, failure) -> subscription.cancel()); // also if nobody wants more
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(LogLine line) {
      try {
        action.accept(line);
      } catch (RuntimeException e) {
        end.completeExceptionally(e);
      }
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
}
