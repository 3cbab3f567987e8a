package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.PacketHandler;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.Uplink;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A connector between payer and host that reads every packet, keeps them, changes them and sends
 * its own.
 */
class PathAttackTest {

  private static final Amount PRICE = Amount.of(1_000_000, XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ITEM = "POST manifest 60";

  private final SecureRandom random = new SecureRandom();
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final FakePath path = new FakePath(timer);
  private final Tap tap = new Tap(path.payer());
  private final MemoryLedger ledger = new MemoryLedger(XRP);
  private final StreamReceiver receiver =
      StreamReceiver.start(
          path.host(), ledger, new byte[32], worker, timer, InstantSource.system(), random);
  private final StreamSender sender = StreamSender.create(tap, timer);
  private final PayToken token = PayToken.random(random);

  @AfterEach
  void stop() {
    sender.close();
    receiver.close();
    timer.shutdownNow();
    worker.shutdownNow();
  }

  @Test
  void itNeverSeesTheToken() throws Exception {
    pay();

    assertThat(tap.seen).hasSizeGreaterThan(15);
    byte[] raw = token.bytes();
    List<String> spellings =
        List.of(
            new String(raw, ISO_8859_1),
            token.hex(),
            token.hex().toUpperCase(Locale.ROOT),
            token.toHeader(),
            Base64.getEncoder().withoutPadding().encodeToString(raw));
    for (byte[] bytes : tap.seen) {
      String text = new String(bytes, ISO_8859_1);
      assertThat(spellings).noneMatch(text::contains);
    }
  }

  @Test
  void twoInvoicesOfOneTokenHaveNothingInCommon() {
    String first = segment(receiver.invoice(token, ITEM, PRICE));
    String second = segment(receiver.invoice(token, ITEM, PRICE));

    int same = 0;
    for (int i = 0; i < first.length(); i++) {
      same += first.charAt(i) == second.charAt(i) ? 1 : 0;
    }

    assertThat(second).hasSameSizeAs(first);
    assertThat(same).isLessThan(first.length() / 4); // of 64 characters, by chance 1 in 64
  }

  @Test
  void anAddressItChangesIsNobodys() throws Exception {
    Invoice invoice = receiver.invoice(token, ITEM, PRICE);
    String address = invoice.destination().getValue();
    byte[] data = new byte[100];
    random.nextBytes(data);

    for (int i = address.length() - 147; i < address.length(); i++) {
      char other = address.charAt(i) == 'A' ? 'B' : 'A';
      InterledgerAddress changed =
          InterledgerAddress.of(address.substring(0, i) + other + address.substring(i + 1));
      assertThat(code(inject(prepare(changed, 1_000, data)))).isEqualTo("F02");
    }
    assertThat(ledger.bookings()).isZero();
  }

  @Test
  void packetsItKeptAreWorthNothingAgain() throws Exception {
    OutgoingPayment payment = pay();
    assertThat(payment.sent()).isEqualTo(PRICE);
    int bookings = ledger.bookings();

    for (InterledgerPreparePacket kept : List.copyOf(tap.toHost)) {
      InterledgerResponsePacket response = inject(kept);
      assertThat(response).isInstanceOf(InterledgerRejectPacket.class);
    }

    assertThat(ledger.bookings()).isEqualTo(bookings);
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void itCannotPayLessThanItWasGivenNorFulfilItself() throws Exception {
    OutgoingPayment payment = open();
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    tap.keep(0.5); // of the amount

    PaymentResult result = await(incoming.receive(Duration.ofMillis(500)));

    assertThat(result).isEqualTo(new PaymentResult.Underpaid(Amount.zero(XRP)));
    assertThat(payment.sent()).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void itCannotSpendAnOpenStream() throws Exception {
    open();
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    InterledgerAddress stream = tap.toHost.element().getDestination();
    CompletionStage<PaymentResult> waiting = incoming.receive(PATIENCE);

    // Packets of its own, and the payer's with other money, under the payer's address.
    for (InterledgerPreparePacket kept : List.copyOf(tap.toHost)) {
      byte[] data = kept.getData();
      data[random.nextInt(data.length)] ^= 1;
      assertThat(code(inject(prepare(stream, 1_000, data)))).isEqualTo("F06");
    }
    StreamKeys own = StreamKeys.of(new byte[32]);
    StreamPacket money =
        new StreamPacket(StreamPacket.PREPARE, 99, 0, List.of(new Frame.StreamMoney(1, 1)));
    byte[] forged = own.encrypt(StreamCodec.encode(money), random);
    assertThat(code(inject(prepare(stream, 1_000, forged)))).isEqualTo("F06");

    assertThat(await(waiting)).isEqualTo(new PaymentResult.Paid(PRICE)); // the payer's own money
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void whatItIsToldNamesNothing() throws Exception {
    byte[] data = new byte[64];
    InterledgerRejectPacket reject =
        (InterledgerRejectPacket)
            inject(prepare(InterledgerAddress.of("test.host.somewhere"), 1_000, data));

    assertThat(reject.getMessage()).isEmpty();
    assertThat(reject.getData()).isEmpty();
  }

  private OutgoingPayment open() throws Exception {
    OutgoingPayment payment =
        await(sender.open(receiver.invoice(token, ITEM, PRICE), Amount.of(3_000_000, XRP)));
    await(payment.ready());
    return payment;
  }

  private OutgoingPayment pay() throws Exception {
    path.takeAtMost(100_000);
    OutgoingPayment payment = open();
    assertThat(await(receiver.find(token).orElseThrow().receive(PATIENCE)))
        .isEqualTo(new PaymentResult.Paid(PRICE));
    payment.close();
    await(payment.ended());
    return payment;
  }

  /** Sends the host a packet from somewhere else. */
  private InterledgerResponsePacket inject(InterledgerPreparePacket prepare) throws Exception {
    return await(path.payer().handle(prepare));
  }

  private static InterledgerPreparePacket prepare(InterledgerAddress to, long amount, byte[] data) {
    return InterledgerPreparePacket.builder()
        .destination(to)
        .amount(UnsignedLong.valueOf(amount))
        .executionCondition(StreamKeys.of(new byte[32]).fulfillment(data).getCondition())
        .expiresAt(InstantSource.system().instant().plusSeconds(30))
        .data(data)
        .build();
  }

  private static String segment(Invoice invoice) {
    String address = invoice.destination().getValue();
    return address.substring(address.lastIndexOf('.') + 1);
  }

  private static String code(InterledgerResponsePacket response) {
    return ((InterledgerRejectPacket) response).getCode().getCode();
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds() + 5, TimeUnit.SECONDS);
  }

  /** The connector: the payer's packets go through it, and the host's. */
  private static final class Tap implements Uplink {

    private final Uplink path;
    private final Queue<byte[]> seen = new ConcurrentLinkedQueue<>();
    private final Queue<InterledgerPreparePacket> toHost = new ConcurrentLinkedQueue<>();
    private volatile double kept;

    private Tap(Uplink path) {
      this.path = path;
    }

    private void keep(double part) {
      kept = part;
    }

    @Override
    public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
      toHost.add(prepare);
      see(prepare);
      long amount = prepare.getAmount().longValue();
      InterledgerPreparePacket passed =
          InterledgerPreparePacket.builder()
              .from(prepare)
              .amount(UnsignedLong.valueOf(amount - (long) (amount * kept)))
              .build();
      return path.handle(passed).thenApply(this::see);
    }

    @Override
    public void onPrepare(PacketHandler handler) {
      path.onPrepare(
          prepare -> {
            see(prepare);
            return handler.handle(prepare).thenApply(this::see);
          });
    }

    @Override
    public void offPrepare(PacketHandler handler) {}

    private void see(InterledgerPreparePacket prepare) {
      String address = prepare.getDestination().getValue();
      seen.add(address.getBytes(ISO_8859_1));
      seen.add(prepare.getData());
      Arrays.stream(address.split("\\.", -1))
          .filter(segment -> segment.length() > 20)
          .forEach(segment -> seen.add(Base64.getUrlDecoder().decode(segment)));
    }

    private InterledgerResponsePacket see(InterledgerResponsePacket response) {
      seen.add(response.getData());
      if (response instanceof InterledgerFulfillPacket fulfill) {
        seen.add(fulfill.getFulfillment().getPreimage());
      }
      return response;
    }

    @Override
    public InterledgerAddress address() {
      return path.address();
    }

    @Override
    public Asset asset() {
      return path.asset();
    }

    @Override
    public boolean isConnected() {
      return path.isConnected();
    }

    @Override
    public void close() {
      path.close();
    }
  }
}
