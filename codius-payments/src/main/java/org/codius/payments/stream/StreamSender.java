package org.codius.payments.stream;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentSender;
import org.codius.payments.Uplink;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pays invoices over STREAM (RFC 29).
 *
 * <p>Each payment is a connection of its own, with one stream. It sends nothing before the receiver
 * asks, and never more than it was allowed. Safe for use by several threads.
 */
public final class StreamSender implements PaymentSender {

  private static final Logger log = LoggerFactory.getLogger(StreamSender.class);

  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final int SEGMENT = 18;

  private final Surroundings around;
  private final StreamSenderConfig config;
  private final Map<String, SenderConnection> connections = new ConcurrentHashMap<>();
  private final PacketHandler answers = this::handle;
  private volatile boolean isClosed;

  private StreamSender(Surroundings around, StreamSenderConfig config) {
    this.around = around;
    this.config = config;
  }

  /**
   * Starts to pay through {@code uplink}, and to answer the Prepares that arrive there, all of
   * them, until it is closed.
   *
   * @param timer runs the payments, whose steps do not block: an event loop group will do
   * @throws IllegalStateException if somebody else answers at {@code uplink}
   */
  public static StreamSender create(Uplink uplink, ScheduledExecutorService timer) {
    return create(
        uplink, timer, InstantSource.system(), new SecureRandom(), StreamSenderConfig.DEFAULT);
  }

  /** Does the same, with a clock, a source of keys and addresses, and limits. */
  public static StreamSender create(
      Uplink uplink,
      ScheduledExecutorService timer,
      InstantSource clock,
      SecureRandom random,
      StreamSenderConfig config) {
    requireNonNull(uplink, "uplink");
    requireNonNull(config, "config");
    StreamSender sender =
        new StreamSender(new Surroundings(uplink, timer, timer, clock, random), config);
    uplink.onPrepare(sender.answers);
    return sender;
  }

  @Override
  public Asset asset() {
    return around.uplink().asset();
  }

  @Override
  public CompletionStage<OutgoingPayment> open(Invoice invoice, Amount maximum, Outlays outlays) {
    requireNonNull(outlays, "outlays");
    checkArgument(maximum.asset().equals(asset()), "maximum: %s (expected: %s)", maximum, asset());
    if (isClosed || connections.size() >= config.connections()) {
      return CompletableFuture.failedFuture(
          new PaymentException(
              "open a STREAM: " + (isClosed ? "the sender is closed" : "too many are open")));
    }
    String segment = newSegment();
    SenderConnection connection =
        new SenderConnection(
            around,
            invoice,
            segment,
            maximum,
            outlays,
            config,
            ended -> connections.remove(segment, ended));
    connections.put(segment, connection);
    return connection.open();
  }

  /** Ends all payments, and waits a moment for their receivers to hear it. */
  @Override
  public void close() {
    isClosed = true;
    List<SenderConnection> open = List.copyOf(connections.values());
    open.forEach(SenderConnection::close);
    CompletableFuture<?>[] ended =
        open.stream()
            .map(connection -> connection.ended().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(ended).get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.debug("not every receiver heard the good-bye");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    around.uplink().offPrepare(answers);
  }

  private CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    String prefix = around.uplink().address().getValue() + ".";
    String destination = prepare.getDestination().getValue();
    SenderConnection connection =
        destination.startsWith(prefix)
            ? connections.get(destination.substring(prefix.length()))
            : null;
    if (connection == null) {
      return CompletableFuture.completedFuture(
          Replies.reject(around.uplink().address(), InterledgerErrorCode.F02_UNREACHABLE));
    }
    return connection.handle(prepare);
  }

  private String newSegment() {
    byte[] segment = new byte[SEGMENT];
    around.random().nextBytes(segment);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(segment);
  }
}
