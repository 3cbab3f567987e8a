package org.codius.payments.stream;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.jspecify.annotations.Nullable;

/**
 * A stream's data, both ways.
 *
 * <p>What {@link PaymentData} has is safe for use by several threads, everything else is confined
 * to the connection's sequence.
 */
final class DataChannel implements PaymentData {

  private final long streamId;
  private final Executor sequence;
  private final Runnable announce;
  private final IncomingData incoming = new IncomingData();
  private final OutgoingData outgoing;

  /**
   * Makes the channel of a stream.
   *
   * @param announce has the other end told what there is to tell: data, or that we take more
   */
  DataChannel(long streamId, Executor sequence, Runnable announce) {
    this.streamId = streamId;
    this.sequence = sequence;
    this.announce = announce;
    outgoing = new OutgoingData(streamId);
  }

  @Override
  public CompletionStage<Void> write(byte[] bytes) {
    requireNonNull(bytes, "bytes");
    return within(
        () -> {
          CompletableFuture<Void> taken = outgoing.write(bytes);
          announce.run();
          return taken;
        });
  }

  @Override
  public CompletionStage<byte[]> read() {
    return within(
        () -> {
          CompletableFuture<byte[]> next = incoming.read();
          if (incoming.isLimitStale()) {
            announce.run();
          }
          return next;
        });
  }

  /** Takes what frames of the other end bring, and returns whether they kept to our limit. */
  boolean take(List<Frame> frames) {
    boolean kept = true;
    for (Frame frame : frames) {
      if (frame instanceof Frame.StreamData data && data.streamId() == streamId) {
        kept &= incoming.accept(data);
      } else if (frame instanceof Frame.StreamMaxData max && max.streamId() == streamId) {
        outgoing.limit(max.maxOffset());
      }
    }
    return kept;
  }

  /** Returns the frames that say how much data we take: one stream, so both say the same. */
  List<Frame> limits() {
    long limit = incoming.tellLimit();
    return List.of(new Frame.ConnectionMaxData(limit), new Frame.StreamMaxData(streamId, limit));
  }

  /** Returns the next piece of data to send; null if there is none, or it has to wait. */
  Frame.@Nullable StreamData next() {
    return outgoing.next();
  }

  /** Returns whether the other end has to be asked how far it has read before anything is sent. */
  boolean isDoubtful() {
    return outgoing.isDoubtful();
  }

  /** The other end answered a packet, whatever was in it, with these frames. */
  void answered(List<Frame> frames) {
    if (!outgoing.isDoubtful()) {
      outgoing.arrived();
      return;
    }
    frames.stream()
        .filter(Frame.StreamMaxData.class::isInstance)
        .map(Frame.StreamMaxData.class::cast)
        .filter(max -> max.streamId() == streamId)
        .findFirst()
        .ifPresentOrElse(max -> outgoing.resolve(max.maxOffset()), outgoing::lost);
  }

  /** A packet was rejected on its way. */
  void failed(Answer.Rejected rejected) {
    if (rejected.isUndelivered()) {
      outgoing.lost();
    } else {
      outgoing.doubt();
    }
  }

  /** The stream is over. */
  void end(PaymentException why) {
    incoming.end();
    outgoing.end(why);
  }

  private <T> CompletionStage<T> within(Supplier<CompletableFuture<T>> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      sequence.execute(
          () ->
              step.get()
                  .whenComplete(
                      (value, failure) -> {
                        if (failure != null) {
                          result.completeExceptionally(failure);
                        } else {
                          result.complete(value);
                        }
                      }));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new PaymentException("data: the connection is closing", e));
    }
    return result;
  }
}
