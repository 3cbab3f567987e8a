package org.codius.hyper.cri;

import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codius.hyper.cri.v1.Cri;

/**
 * The connection to a runtime's socket, and how calls over it are made: each with a deadline, and
 * blocking.
 *
 * <p>A runtime that is away is waited for until the deadline, so that its restart is a delay and no
 * failure; past it the status is UNAVAILABLE, not DEADLINE_EXCEEDED. Safe for use by several
 * threads.
 */
final class CriChannel implements AutoCloseable {

  private static final Duration INITIALIZATION = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int MOST_MESSAGE_BYTES = 34 << 20;

  private final ManagedChannel channel;

  CriChannel(Path socket) {
    this.channel =
        Grpc.newChannelBuilder("unix://" + socket, InsecureChannelCredentials.create())
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .build();
  }

  <S extends AbstractStub<S>> S stub(Function<ManagedChannel, S> factory) {
    return factory.apply(channel).withWaitForReady();
  }

  static <S extends AbstractStub<S>> S within(Duration timeout, S stub) {
    return stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  <T> T call(Supplier<T> call) {
    long deadline = System.nanoTime() + INITIALIZATION.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (isInitializing(e) && System.nanoTime() < deadline) {
          pause();
          continue;
        }
        throw isWithoutConnection(e)
            ? Status.UNAVAILABLE.withDescription("no connection").withCause(e).asRuntimeException()
            : e;
      }
    }
  }

  void order(Supplier<Cri.Empty> call) {
    Cri.Empty unused = call(call);
  }

  /** Lets {@code listener} know, on a thread of gRPC's, each time the connection has broken. */
  void onBreak(Runnable listener) {
    watch(channel.getState(false), listener);
  }

  private void watch(ConnectivityState before, Runnable listener) {
    channel.notifyWhenStateChanged(
        before,
        () -> {
          ConnectivityState now = channel.getState(false);
          if (before == ConnectivityState.READY && now != ConnectivityState.SHUTDOWN) {
            listener.run();
          }
          if (now != ConnectivityState.SHUTDOWN) {
            watch(now, listener);
          }
        });
  }

  /** Tries to connect again now if the last try failed: left alone, the pauses grow to minutes. */
  void hurry() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  /** A containerd takes orders a moment before it has read its pods, and refuses them. */
  static boolean isInitializing(StatusRuntimeException e) {
    return String.valueOf(e.getStatus().getDescription()).contains("server is not initialized");
  }

  private boolean isWithoutConnection(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
        && channel.getState(false) != ConnectivityState.READY;
  }

  private static void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
