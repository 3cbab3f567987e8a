package org.codius.payments.stream;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PacketHandler;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentState;
import org.codius.payments.Uplink;
import org.codius.payments.ilp.OerException;
import org.codius.payments.stream.InvoiceSeal.Terms;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Is paid over STREAM (RFC 29), in the Pay-Token protocol of Codius.
 *
 * <p>Whoever was given an invoice opens a connection to the address in it, and one stream. The
 * receiver then writes one byte, {@code ff}, on the stream: ready. It takes nothing until {@link
 * IncomingPayment#receive} asks for the price. Safe for use by several threads.
 */
public final class StreamReceiver implements PaymentReceiver {

  /** So long after it was issued an invoice can be answered with a connection. */
  public static final Duration INVOICE_LIFETIME = Duration.ofMinutes(10);

  private final Uplink uplink;
  private final Ledger ledger;
  private final Executor worker;
  private final InvoiceSeal seal;
  private final InstantSource clock;
  private final SecureRandom random;
  private final ReceiverConnections connections;
  private final Answers answers = new Answers();

  private StreamReceiver(
      Uplink uplink,
      Ledger ledger,
      Executor worker,
      InvoiceSeal seal,
      InstantSource clock,
      SecureRandom random,
      ReceiverConnections connections) {
    this.uplink = uplink;
    this.ledger = ledger;
    this.worker = worker;
    this.seal = seal;
    this.clock = clock;
    this.random = random;
    this.connections = connections;
  }

  /**
   * Starts to answer the Prepares that arrive at {@code uplink}, all of them, until it is closed.
   *
   * @param ledger gets what arrives, before its sender learns that it did
   * @param serverSecret 32 bytes; with the same ones, invoices survive a restart
   * @param worker runs what blocks: the ledger's calls, and with them the connections
   * @param timer only ever has things handed over to {@code worker}
   * @throws IllegalStateException if somebody else answers at {@code uplink}
   */
  public static StreamReceiver start(
      Uplink uplink,
      Ledger ledger,
      byte[] serverSecret,
      Executor worker,
      ScheduledExecutorService timer,
      InstantSource clock,
      SecureRandom random) {
    requireNonNull(uplink, "uplink");
    requireNonNull(ledger, "ledger");
    ledger.recover();
    InvoiceSeal seal = new InvoiceSeal(serverSecret);
    ReceiverConnections connections =
        new ReceiverConnections(new Surroundings(uplink, worker, timer, clock, random), ledger);
    StreamReceiver receiver =
        new StreamReceiver(uplink, ledger, worker, seal, clock, random, connections);
    connections.start();
    uplink.onPrepare(receiver.answers);
    return receiver;
  }

  @Override
  public Asset asset() {
    return uplink.asset();
  }

  @Override
  public Invoice invoice(PayToken token, String item, Amount price) {
    checkArgument(price.asset().equals(asset()), "price: %s (expected: %s)", price, asset());
    Terms terms = Terms.of(token, item, price.baseUnits().longValue(), clock.instant());
    String segment = seal.seal(terms, random);
    return Invoice.of(uplink.address().with(segment), seal.sharedSecret(segment));
  }

  @Override
  public Optional<IncomingPayment> find(PayToken token) {
    return connections.find(token);
  }

  @Override
  public void onReady(Consumer<IncomingPayment> listener) {
    connections.onReady(requireNonNull(listener, "listener"));
  }

  @Override
  public PaymentState look(PayToken token, String item, Amount price) {
    Optional<IncomingPayment> payment = find(token);
    boolean isOther = payment.isPresent() && !payment.get().isFor(item);
    if (isOther || !ledger.isFor(token, Terms.itemOf(item))) {
      return new PaymentState.Mismatched();
    }
    Amount owed = ledger.owed(token);
    if (payment.isPresent()) {
      return look(payment.get(), owed);
    }
    return covers(owed, price)
        ? new PaymentState.Ready(price)
        : new PaymentState.Missing(owed, invoice(token, item, price));
  }

  /** Returns how many connections are open. An invoice that nobody answered is none. */
  int connections() {
    return connections.count();
  }

  /**
   * A payer who cannot pay is sent home, so that the next one under its token is not taken for it.
   */
  private static PaymentState look(IncomingPayment payment, Amount owed) {
    Amount price = payment.price();
    if (!covers(owed, price)
        && payment.offered().baseUnits().compareTo(price.baseUnits().minus(owed.baseUnits())) < 0) {
      payment.close();
      return new PaymentState.TooLow(payment.offered(), price);
    }
    return new PaymentState.Ready(price);
  }

  private static boolean covers(Amount owed, Amount price) {
    return owed.baseUnits().compareTo(price.baseUnits()) >= 0;
  }

  @Override
  public CompletionStage<PaymentResult> receive(
      PayToken token, String item, Amount price, Duration timeout) {
    return CompletableFuture.supplyAsync(() -> take(token, item, price, timeout), worker)
        .thenCompose(result -> result);
  }

  private CompletionStage<PaymentResult> take(
      PayToken token, String item, Amount price, Duration timeout) {
    PaymentState state = look(token, item, price);
    if (state instanceof PaymentState.Mismatched) {
      return CompletableFuture.completedStage(new PaymentResult.Mismatched());
    }
    if (state instanceof PaymentState.Missing missing) {
      return CompletableFuture.completedStage(new PaymentResult.Underpaid(missing.owed()));
    }
    if (state instanceof PaymentState.TooLow tooLow) {
      return CompletableFuture.completedStage(new PaymentResult.TooLow(tooLow.offered()));
    }
    Optional<IncomingPayment> payment = find(token);
    return payment.isPresent()
        ? payment.get().receive(timeout)
        : CompletableFuture.completedStage(new PaymentResult.Paid(ledger.owed(token)));
  }

  @Override
  public void close() {
    uplink.offPrepare(answers);
    connections.close();
  }

  private CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    InterledgerAddress us = uplink.address();
    Optional<String> segment = localSegment(us, prepare.getDestination());
    if (segment.isEmpty()) {
      return now(Replies.reject(us, InterledgerErrorCode.F02_UNREACHABLE));
    }
    Optional<ReceiverConnection> known = connections.find(segment.get());
    if (known.isPresent()) {
      return known.get().handle(prepare);
    }
    return open(us, segment.get(), prepare);
  }

  /** Makes a connection of the first packet to an invoice's address, if it proves its secret. */
  private CompletionStage<InterledgerResponsePacket> open(
      InterledgerAddress us, String segment, InterledgerPreparePacket prepare) {
    Optional<Terms> terms = seal.open(segment).filter(this::isFresh);
    if (terms.isEmpty()) {
      return now(Replies.reject(us, InterledgerErrorCode.F02_UNREACHABLE));
    }
    StreamKeys keys = StreamKeys.of(seal.sharedSecret(segment));
    Optional<byte[]> plain = keys.decrypt(prepare.getData());
    if (plain.isEmpty()) {
      return now(Replies.reject(us, InterledgerErrorCode.F02_UNREACHABLE));
    }
    try {
      StreamCodec.decode(plain.get());
    } catch (OerException e) {
      return now(Replies.reject(us, InterledgerErrorCode.F06_UNEXPECTED_PAYMENT));
    }
    ReceiverConnections.Opening opening = connections.open(segment, terms.get(), keys);
    if (opening instanceof ReceiverConnections.Opening.Refused refused) {
      return now(Replies.reject(us, refused.code()));
    }
    return ((ReceiverConnections.Opening.Opened) opening).connection().handle(prepare);
  }

  private boolean isFresh(Terms terms) {
    return terms.issued().plus(INVOICE_LIFETIME).isAfter(clock.instant());
  }

  /** Returns the segment behind our own address, which must match whole segments. */
  private static Optional<String> localSegment(InterledgerAddress us, InterledgerAddress to) {
    String prefix = us.getValue() + ".";
    String destination = to.getValue();
    if (!destination.startsWith(prefix)) {
      return Optional.empty();
    }
    int end = destination.indexOf('.', prefix.length());
    return Optional.of(
        destination.substring(prefix.length(), end < 0 ? destination.length() : end));
  }

  /** What arrives at the uplink, and leaves. */
  private final class Answers implements PacketHandler {

    @Override
    public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
      return StreamReceiver.this.handle(prepare);
    }

    @Override
    public void sent(InterledgerResponsePacket response) {
      connections.sent(response);
    }
  }

  private static CompletionStage<InterledgerResponsePacket> now(InterledgerResponsePacket packet) {
    return CompletableFuture.completedFuture(packet);
  }
}
