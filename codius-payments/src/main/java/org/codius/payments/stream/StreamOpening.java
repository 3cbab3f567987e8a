package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.codius.payments.PaymentException;
import org.interledger.core.InterledgerAddress;

/**
 * Opens a stream to pay on: finds the rate, then sends the stream's first packet, without money.
 *
 * <p>Confined to the connection's sequence.
 */
final class StreamOpening {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** The first packet is sent this often, the pauses in between doubling. */
  private static final int MAXIMUM_ATTEMPTS = 8;

  /** The stream is open: the rate, and what the receiver said last. */
  record Opened(PathRate rate, List<Frame> frames) {}

  private final StreamLink link;
  private final InterledgerAddress destination;
  private final Surroundings around;
  private final Executor sequence;
  private final Supplier<List<Frame>> firstFrames;
  private final RateProbe probe;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();

  /**
   * Prepares to open a stream.
   *
   * @param greeting frames that say who we are
   * @param firstFrames those of the stream's first packet
   * @param slippage how much worse the rate may become, as a part of it
   * @param onFrames gets what the receiver says meanwhile
   */
  StreamOpening(
      StreamLink link,
      InterledgerAddress destination,
      List<Frame> greeting,
      Supplier<List<Frame>> firstFrames,
      Surroundings around,
      Executor sequence,
      BigDecimal slippage,
      Consumer<List<Frame>> onFrames) {
    this.link = link;
    this.destination = destination;
    this.firstFrames = firstFrames;
    this.around = around;
    this.sequence = sequence;
    probe = new RateProbe(link, destination, greeting, around, sequence, slippage, onFrames);
  }

  /** Starts; completes within the sequence, or fails with a {@link PaymentException}. */
  CompletableFuture<Opened> run() {
    probe
        .run()
        .whenComplete(
            (rate, failure) -> {
              if (rate == null) {
                opened.completeExceptionally(failure);
              } else {
                send(rate, 1);
              }
            });
    return opened;
  }

  /** Ends it, if it is not over. */
  void cancel(PaymentException why) {
    opened.completeExceptionally(why);
    probe.cancel(why);
  }

  private void send(PathRate rate, int attempt) {
    if (opened.isDone()) {
      return;
    }
    link.send(destination, UnsignedLong.ZERO, 0, firstFrames.get())
        .whenComplete((answer, failure) -> sequence.execute(() -> answered(rate, attempt, answer)));
  }

  private void answered(PathRate rate, int attempt, Answer answer) {
    if (!(answer instanceof Answer.Rejected rejected) || rejected.isRead()) {
      opened.complete(new Opened(rate, answer.frames()));
      return;
    }
    if (!rejected.mayPass() || attempt >= MAXIMUM_ATTEMPTS) {
      opened.completeExceptionally(
          new PaymentException(
              "open a STREAM to "
                  + destination.getValue()
                  + ": rejected with "
                  + rejected.code().getCode()));
      return;
    }
    long pause = FIRST_PAUSE.toMillis() << (attempt - 1);
    around
        .timer()
        .schedule(
            () -> sequence.execute(() -> send(rate, attempt + 1)), pause, TimeUnit.MILLISECONDS);
  }
}
