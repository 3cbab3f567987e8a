package org.codius.payments.stream;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.stream.InvoiceSeal.Terms;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that are open, by their address segment and by the token they pay for.
 *
 * <p>A token has one connection. Safe for use by several threads.
 */
final class ReceiverConnections implements ReceiverConnection.Owner {

  private static final Logger log = LoggerFactory.getLogger(ReceiverConnections.class);

  static final int MAXIMUM = 1_000;

  /** For as long as its invoice could open it again a closed connection stays closed. */
  private static final Duration MEMORY = StreamReceiver.INVOICE_LIFETIME;

  private static final int MAXIMUM_REMEMBERED = 10_000;
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** Whether a connection may be opened. */
  sealed interface Opening {
    record Opened(ReceiverConnection connection) implements Opening {}

    record Refused(InterledgerErrorCode code) implements Opening {}
  }

  private final Surroundings around;
  private final Ledger ledger;
  private final Confirmations confirmations;

  @GuardedBy("this")
  private final Map<String, ReceiverConnection> bySegment = new HashMap<>();

  @GuardedBy("this")
  private final Map<PayToken, String> segments = new HashMap<>();

  private final Cache<String, Boolean> closed;
  private volatile Consumer<IncomingPayment> listener = payment -> {};
  private @Nullable Future<?> ticking;

  @GuardedBy("this")
  private boolean isClosed;

  ReceiverConnections(Surroundings around, Ledger ledger) {
    this.around = around;
    this.ledger = ledger;
    this.confirmations = new Confirmations(ledger);
    closed =
        CacheBuilder.newBuilder()
            .maximumSize(MAXIMUM_REMEMBERED)
            .expireAfterWrite(MEMORY)
            .ticker(
                new Ticker() {
                  @Override
                  public long read() {
                    return TimeUnit.MILLISECONDS.toNanos(around.clock().millis());
                  }
                })
            .build();
  }

  void start() {
    ticking =
        around
            .timer()
            .scheduleWithFixedDelay(
                this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Learns that an answer has left. */
  void sent(InterledgerResponsePacket response) {
    confirmations.sent(response);
  }

  synchronized int count() {
    return bySegment.size();
  }

  synchronized Optional<ReceiverConnection> find(String segment) {
    return Optional.ofNullable(bySegment.get(segment));
  }

  /** Returns the payment under a token, once its stream exists. */
  synchronized Optional<IncomingPayment> find(PayToken token) {
    String segment = segments.get(token);
    ReceiverConnection connection = segment == null ? null : bySegment.get(segment);
    if (connection == null || !connection.isOpen()) {
      return Optional.empty();
    }
    connection.ask();
    return Optional.of(connection);
  }

  /**
   * Opens the connection of an address segment, or returns it if it is open. It takes the place of
   * its token's former one, unless that is being paid on just now.
   */
  Opening open(String segment, Terms terms, StreamKeys keys) {
    ReceiverConnection replaced = null;
    ReceiverConnection opened;
    synchronized (this) {
      ReceiverConnection existing = bySegment.get(segment);
      if (existing != null) {
        return new Opening.Opened(existing);
      }
      if (closed.getIfPresent(segment) != null) {
        return new Opening.Refused(InterledgerErrorCode.F02_UNREACHABLE);
      }
      if (isClosed) {
        return new Opening.Refused(InterledgerErrorCode.T00_INTERNAL_ERROR);
      }
      String former = segments.get(terms.token());
      if (former != null) {
        replaced = bySegment.get(former);
        if (replaced != null && replaced.isReceiving()) {
          return new Opening.Refused(InterledgerErrorCode.T99_APPLICATION_ERROR);
        }
      } else if (bySegment.size() >= MAXIMUM) {
        replaced = leastWanted();
        if (replaced == null) {
          return new Opening.Refused(InterledgerErrorCode.T03_CONNECTOR_BUSY);
        }
      }
      if (replaced != null) {
        forget(replaced);
      }
      opened = new ReceiverConnection(around, ledger, confirmations, segment, terms, keys, this);
      bySegment.put(segment, opened);
      segments.put(terms.token(), segment);
    }
    if (replaced != null) {
      replaced.close();
    }
    return new Opening.Opened(opened);
  }

  void onReady(Consumer<IncomingPayment> listener) {
    this.listener = listener;
  }

  @Override
  public void ready(ReceiverConnection connection) {
    listener.accept(connection);
  }

  @Override
  public synchronized void gone(ReceiverConnection connection) {
    forget(connection);
  }

  /** Says good-bye to all, and waits a moment for it to arrive. */
  void close() {
    Future<?> scheduled = ticking;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    List<ReceiverConnection> open;
    synchronized (this) {
      isClosed = true;
      open = List.copyOf(bySegment.values());
    }
    CompletableFuture<?>[] told =
        open.stream()
            .map(connection -> connection.closeAndWait().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(told).get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.debug("not every payer heard the good-bye");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick() {
    List<ReceiverConnection> open;
    synchronized (this) {
      open = List.copyOf(bySegment.values());
    }
    open.forEach(ReceiverConnection::tick);
  }

  /** Returns the connection nobody has asked for the longest, of those nobody waits for. */
  @GuardedBy("this")
  private @Nullable ReceiverConnection leastWanted() {
    return bySegment.values().stream()
        .filter(connection -> !connection.isReceiving())
        .min(Comparator.comparing(ReceiverConnection::lastAsked))
        .orElse(null);
  }

  @GuardedBy("this")
  private void forget(ReceiverConnection connection) {
    if (bySegment.remove(connection.segment(), connection)) {
      segments.remove(connection.token(), connection.segment());
      closed.put(connection.segment(), true);
    }
  }
}
