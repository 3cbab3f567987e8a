package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Eventually;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Packet by packet, with a payer written by hand. */
class StreamReceiverTest {

  private static final InterledgerAddress US = InterledgerAddress.of("test.host");
  private static final InterledgerAddress PAYER = InterledgerAddress.of("test.payer.x");
  private static final Amount PRICE = Amount.of(600, XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Frame OPENING = new Frame.StreamMaxMoney(1, 0, 0);
  private static final Frame MONEY = new Frame.StreamMoney(1, 1);
  private static final Frame.StreamMaxMoney CLOSED = new Frame.StreamMaxMoney(1, 0, 0);

  private final SecureRandom random = new SecureRandom();
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final TestClock clock = new TestClock();
  private final HeldUplink uplink = new HeldUplink(US);
  private final MemoryLedger ledger = new MemoryLedger(XRP);
  private final StreamReceiver receiver =
      StreamReceiver.start(uplink, ledger, new byte[32], worker, timer, clock, random);
  private final PayToken token = PayToken.random(random);
  private final Invoice invoice = receiver.invoice(token, "POST x 60", PRICE);
  private final StreamKeys keys = StreamKeys.of(invoice.secretBytes());
  private long sequence;

  @AfterEach
  void stop() {
    timer.shutdownNow();
    worker.shutdownNow();
    receiver.close();
  }

  @Test
  void answersAProbeWithWhatArrivedAndWhoWeAre() throws Exception {
    InterledgerPreparePacket probe =
        InterledgerPreparePacket.builder()
            .from(prepare(1_000, 0, new Frame.ConnectionNewAddress(PAYER.getValue())))
            .executionCondition(InterledgerCondition.of(new byte[32]))
            .build();

    InterledgerResponsePacket response = await(uplink.arrive(probe));

    StreamPacket packet = refused(response);
    assertThat(packet.sequence()).isEqualTo(1);
    assertThat(packet.prepareAmount()).isEqualTo(1_000);
    assertThat(packet.frames())
        .contains(new Frame.ConnectionAssetDetails("XRP", 9), new Frame.ConnectionMaxStreamId(1));
    assertThat(receiver.find(token)).isEmpty(); // no stream yet
    assertThat(ledger.bookings()).isZero();
  }

  @Test
  void saysItIsReadyOnceTheStreamExists() throws Exception {
    openStream();

    HeldUplink.Sent sent = uplink.next();
    assertThat(sent.prepare().getDestination()).isEqualTo(PAYER);
    assertThat(sent.prepare().getAmount()).isEqualTo(UnsignedLong.ZERO);
    StreamPacket packet = read(sent.prepare().getData());
    assertThat(packet.frames(Frame.StreamMaxMoney.class)).containsExactly(CLOSED);
    assertThat(packet.frames(Frame.StreamData.class))
        .singleElement()
        .satisfies(data -> assertThat(data.data()).containsExactly(0xff));
    assertThat(receiver.find(token)).isPresent();
  }

  @Test
  void saysSoAgainUntilItWasHeard() throws Exception {
    openStream();

    uplink.next().reject(InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY);
    uplink.next().reject(InterledgerErrorCode.F02_UNREACHABLE);
    acknowledge(uplink.next());

    CompletionStage<PaymentResult> waiting = receive();
    StreamPacket packet = read(uplink.next().prepare().getData());
    assertThat(packet.frames(Frame.StreamData.class)).isEmpty();
    assertThat(packet.frames(Frame.StreamMaxMoney.class))
        .containsExactly(new Frame.StreamMaxMoney(1, 600, 0));
    assertThat(waiting.toCompletableFuture()).isNotDone();
  }

  @Test
  void doesNotRepeatDataThatMayHaveArrivedBeforeItHasAskedHowFarThePayerHasRead() throws Exception {
    openStream();

    uplink.next().reject(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT);
    HeldUplink.Sent question = uplink.next();
    assertThat(data(question)).isEmpty();
    acknowledge(question, new Frame.StreamMaxData(1, IncomingData.WINDOW));

    HeldUplink.Sent again = uplink.next(); // it has read nothing
    assertThat(data(again)).hasSize(1);
    again.reject(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT);
    acknowledge(uplink.next(), new Frame.StreamMaxData(1, IncomingData.WINDOW + 1));

    receive(); // it has read one byte: ours
    assertThat(data(uplink.next())).isEmpty();
  }

  @Test
  void aPriceMayBeTheLargestAmountThereIs() throws Exception {
    Amount most = new Amount(UnsignedLong.MAX_VALUE, XRP);
    PayToken rich = PayToken.random(random);

    await(uplink.arrive(opening(receiver.invoice(rich, "POST z 60", most))));

    assertThat(receiver.find(rich)).map(IncomingPayment::price).contains(most);
  }

  @Test
  void takesNoMoneyItDidNotAskFor() throws Exception {
    openStream();

    StreamPacket packet = refused(await(uplink.arrive(prepare(600, 600, MONEY))));

    assertThat(packet.frames(Frame.StreamMaxMoney.class)).containsExactly(CLOSED);
    assertThat(ledger.bookings()).isZero();
  }

  @Test
  void booksMoneyBeforeItFulfills() throws Exception {
    openStream();
    CompletionStage<PaymentResult> waiting = receive();
    awaitLimit();

    InterledgerPreparePacket prepare = prepare(400, 400, MONEY);
    InterledgerResponsePacket response = await(uplink.arrive(prepare));

    assertThat(ledger.owed(token)).isEqualTo(Amount.of(400, XRP));
    InterledgerFulfillPacket fulfill = (InterledgerFulfillPacket) response;
    assertThat(fulfill.getFulfillment().getCondition()).isEqualTo(prepare.getExecutionCondition());
    StreamPacket packet = read(fulfill.getData());
    assertThat(packet.type()).isEqualTo(StreamPacket.FULFILL);
    assertThat(packet.prepareAmount()).isEqualTo(400);
    assertThat(packet.frames(Frame.StreamMaxMoney.class))
        .containsExactly(new Frame.StreamMaxMoney(1, 600, 400));
    assertThat(waiting.toCompletableFuture()).isNotDone();

    await(uplink.arrive(prepare(200, 200, MONEY)));
    assertThat(await(waiting)).isEqualTo(new PaymentResult.Paid(PRICE));
  }

  @Test
  void aPacketSeenBeforeIsRefusedAndCountsOnce() throws Exception {
    openStream();
    receive();
    awaitLimit();
    InterledgerPreparePacket prepare = prepare(100, 100, MONEY);

    assertThat(await(uplink.arrive(prepare))).isInstanceOf(InterledgerFulfillPacket.class);

    refused(await(uplink.arrive(prepare)));
    assertThat(ledger.owed(token)).isEqualTo(Amount.of(100, XRP));
  }

  @Test
  void takesTheExactPriceWhereAmountsArriveAsSent() throws Exception {
    openStream();
    CompletionStage<PaymentResult> waiting = receive();
    awaitLimit();

    refused(await(uplink.arrive(prepare(601, 601, new Frame.StreamMoney(1, 601)))));
    await(uplink.arrive(prepare(31, 31, new Frame.StreamMoney(1, 31))));
    refused(await(uplink.arrive(prepare(570, 570, new Frame.StreamMoney(1, 570)))));
    await(uplink.arrive(prepare(569, 569, new Frame.StreamMoney(1, 569))));

    assertThat(await(waiting)).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void acrossARateRefusesMoreThanOnePercentOverAndCreditsNothingOfIt() throws Exception {
    openStream();
    CompletionStage<PaymentResult> waiting = receive();
    awaitLimit();

    refused(await(uplink.arrive(prepare(607, 607, MONEY))));
    assertThat(ledger.bookings()).isZero();

    await(uplink.arrive(prepare(606, 606, MONEY)));
    assertThat(await(waiting)).isEqualTo(new PaymentResult.Paid(Amount.of(606, XRP)));
  }

  @Test
  void refusesLessThanTheLeastAndMoneyForNobody() throws Exception {
    openStream();
    receive();
    awaitLimit();

    refused(await(uplink.arrive(prepare(99, 100, MONEY))));
    refused(await(uplink.arrive(prepare(100, 100))));
    refused(await(uplink.arrive(prepare(100, 100, new Frame.StreamMoney(1, 0)))));

    assertThat(ledger.bookings()).isZero();
  }

  @Test
  void fallsSilentOnWhatIsNotOurs() throws Exception {
    byte[] data = prepare(0, 0, OPENING).getData();
    String segment = invoice.destination().getValue().substring(US.getValue().length());

    assertSilent("F02", send(US.getValue(), data));
    assertSilent("F02", send(US.getValue() + "x" + segment, data));
    assertSilent("F02", send(US.getValue() + ".nobody", data));
    assertSilent("F02", send(invoice.destination().getValue(), new byte[100]));
    assertThat(receiver.find(token)).isEmpty();
  }

  @Test
  void refusesWhatAKnownPayerGarbled() throws Exception {
    openStream();

    assertSilent("F06", send(invoice.destination().getValue(), new byte[100]));
    StreamPacket answer = new StreamPacket(StreamPacket.FULFILL, 99, 0, List.of());
    byte[] data = keys.encrypt(StreamCodec.encode(answer), random);
    assertSilent("F06", send(invoice.destination().getValue(), data));
  }

  @Test
  void refusesExpiredPackets() throws Exception {
    openStream();
    InterledgerPreparePacket late = prepare(0, 0, OPENING);
    clock.pass(Duration.ofSeconds(31));

    assertThat(code(await(uplink.arrive(late)))).isEqualTo("R00");
  }

  @Test
  void anInvoiceCanBeAnsweredForTenMinutes() throws Exception {
    clock.pass(StreamReceiver.INVOICE_LIFETIME);

    assertSilent("F02", await(uplink.arrive(prepare(0, 0, OPENING))));
  }

  @Test
  void aPayerHasOneStream() throws Exception {
    openStream();

    StreamPacket packet =
        refused(await(uplink.arrive(prepare(0, 0, new Frame.StreamMaxMoney(3, 0, 0)))));

    assertThat(packet.frames(Frame.ConnectionClose.class))
        .singleElement()
        .satisfies(close -> assertThat(close.code()).isEqualTo(CloseCode.STREAM_ID_ERROR));
    assertThat(receiver.find(token)).isEmpty();
    assertSilent("F02", await(uplink.arrive(prepare(0, 0, OPENING)))); // and stays closed
  }

  @Test
  void aNewerConnectionTakesTheOldOnesPlaceUnlessThatIsBeingPaidOn() throws Exception {
    openStream();
    Invoice second = receiver.invoice(token, "POST x 60", PRICE);
    CompletionStage<PaymentResult> waiting = receive();
    awaitLimit();

    assertThat(code(await(uplink.arrive(opening(second))))).isEqualTo("T99");

    await(uplink.arrive(prepare(600, 600, MONEY)));
    await(waiting);
    assertThat(await(uplink.arrive(opening(second)))).isInstanceOf(InterledgerFulfillPacket.class);
    assertSilent("F02", await(uplink.arrive(prepare(0, 0, OPENING))));
    assertThat(receiver.find(token)).isPresent();
  }

  @Test
  void keepsThePayerAwakeAndForgetsASilentOne() throws Exception {
    openStream();
    acknowledge(uplink.next());

    clock.pass(KeepAlive.INTERVAL.plusSeconds(1));
    acknowledge(uplink.next());
    clock.pass(KeepAlive.INTERVAL.plusSeconds(1));
    uplink.next(); // not answered
    clock.pass(KeepAlive.IDLE.plusSeconds(1));

    Eventually.isTrue("it is forgotten", () -> receiver.find(token).isEmpty());
  }

  @Test
  void noLongerWaitsForAPayerWhoCannotBeReached() throws Exception {
    openStream();
    CompletionStage<PaymentResult> waiting = receive();

    for (int i = 0; i < 4; i++) {
      uplink.next().reject(InterledgerErrorCode.F02_UNREACHABLE);
    }

    assertThat(await(waiting)).isEqualTo(new PaymentResult.Underpaid(Amount.zero(XRP)));
  }

  @Test
  void seen14InAFullHouseTheLeastWantedMakesRoom() throws Exception {
    openStream();
    PayToken second = open();
    for (int i = 2; i < ReceiverConnections.MAXIMUM; i++) {
      open();
    }
    clock.pass(Duration.ofSeconds(1));
    assertThat(receiver.find(token)).isPresent(); // and so wanted

    open();

    assertThat(receiver.find(token)).isPresent();
    assertThat(receiver.find(second)).isEmpty();
  }

  @Test
  void saysGoodByeOnClose() throws Exception {
    openStream();
    acknowledge(uplink.next());

    CompletableFuture<Void> closed = CompletableFuture.runAsync(receiver::close, timer);

    StreamPacket packet = read(uplink.next().prepare().getData());
    assertThat(packet.frames())
        .hasExactlyElementsOfTypes(Frame.StreamClose.class, Frame.ConnectionClose.class);
    closed.get(10, TimeUnit.SECONDS); // though nobody answered
    assertThat(code(await(uplink.arrive(prepare(0, 0, OPENING))))).isEqualTo("T00");
  }

  /** Opens another payer's stream, without telling where that is. */
  private PayToken open() throws Exception {
    PayToken another = PayToken.random(random);
    await(uplink.arrive(opening(receiver.invoice(another, "POST y 60", PRICE))));
    clock.pass(Duration.ofMillis(1));
    return another;
  }

  private void openStream() throws Exception {
    Frame address = new Frame.ConnectionNewAddress(PAYER.getValue());
    assertThat(await(uplink.arrive(prepare(0, 0, address, OPENING))))
        .isInstanceOf(InterledgerFulfillPacket.class);
  }

  private CompletionStage<PaymentResult> receive() {
    IncomingPayment payment = receiver.find(token).orElseThrow();
    return payment.receive(PATIENCE);
  }

  /** Waits until the payer was told that it may pay. */
  private void awaitLimit() throws Exception {
    long limit = 0;
    while (limit == 0) {
      HeldUplink.Sent sent = uplink.next();
      limit = read(sent.prepare().getData()).frames(Frame.StreamMaxMoney.class).get(0).receiveMax();
      acknowledge(sent);
    }
  }

  private List<Frame.StreamData> data(HeldUplink.Sent sent) {
    return read(sent.prepare().getData()).frames(Frame.StreamData.class);
  }

  private void acknowledge(HeldUplink.Sent sent, Frame... frames) {
    byte[] data = sent.prepare().getData();
    StreamPacket answer =
        new StreamPacket(StreamPacket.FULFILL, read(data).sequence(), 0, List.of(frames));
    sent.answer()
        .complete(
            InterledgerFulfillPacket.builder()
                .fulfillment(keys.fulfillment(data))
                .data(keys.encrypt(StreamCodec.encode(answer), random))
                .build());
  }

  private InterledgerPreparePacket prepare(long amount, long minimum, Frame... frames) {
    return prepare(invoice, ++sequence, amount, minimum, frames);
  }

  private InterledgerPreparePacket opening(Invoice other) {
    return prepare(other, 1, 0, 0, OPENING);
  }

  private InterledgerPreparePacket prepare(
      Invoice to, long number, long amount, long minimum, Frame... frames) {
    StreamKeys secret = StreamKeys.of(to.secretBytes());
    StreamPacket packet = new StreamPacket(StreamPacket.PREPARE, number, minimum, List.of(frames));
    byte[] data = secret.encrypt(StreamCodec.encode(packet), random);
    return InterledgerPreparePacket.builder()
        .destination(to.destination())
        .amount(UnsignedLong.valueOf(amount))
        .executionCondition(secret.fulfillment(data).getCondition())
        .expiresAt(clock.instant().plusSeconds(30))
        .data(data)
        .build();
  }

  private InterledgerResponsePacket send(String destination, byte[] data) throws Exception {
    return await(
        uplink.arrive(
            InterledgerPreparePacket.builder()
                .destination(InterledgerAddress.of(destination))
                .amount(UnsignedLong.ZERO)
                .executionCondition(keys.fulfillment(data).getCondition())
                .expiresAt(clock.instant().plusSeconds(30))
                .data(data)
                .build()));
  }

  /** Returns the STREAM packet with which a packet was refused. */
  private StreamPacket refused(InterledgerResponsePacket response) {
    assertThat(code(response)).isEqualTo("F99");
    StreamPacket packet = read(((InterledgerRejectPacket) response).getData());
    assertThat(packet.type()).isEqualTo(StreamPacket.REJECT);
    return packet;
  }

  private StreamPacket read(byte[] data) {
    return StreamCodec.decode(keys.decrypt(data).orElseThrow());
  }

  private static void assertSilent(String code, InterledgerResponsePacket response) {
    InterledgerRejectPacket reject = (InterledgerRejectPacket) response;
    assertThat(reject.getCode().getCode()).isEqualTo(code);
    assertThat(reject.getMessage()).isEmpty();
    assertThat(reject.getData()).isEmpty();
  }

  private static String code(InterledgerResponsePacket response) {
    return ((InterledgerRejectPacket) response).getCode().getCode();
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
