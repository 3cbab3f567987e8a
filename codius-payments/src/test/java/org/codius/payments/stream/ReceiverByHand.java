package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;

/** A receiver, and a payer of it written by hand, packet by packet. */
class ReceiverByHand {

  static final InterledgerAddress US = InterledgerAddress.of("test.host");
  static final InterledgerAddress PAYER = InterledgerAddress.of("test.payer.x");
  static final Amount PRICE = Amount.of(600, XRP);
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final Frame OPENING = new Frame.StreamMaxMoney(1, 0, 0);
  static final Frame MONEY = new Frame.StreamMoney(1, 1);
  static final Frame.StreamMaxMoney CLOSED = new Frame.StreamMaxMoney(1, 0, 0);

  final SecureRandom random = new SecureRandom();
  final ExecutorService worker = Executors.newFixedThreadPool(2);
  final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  final TestClock clock = new TestClock();
  final HeldUplink uplink = new HeldUplink(US);
  final MemoryLedger ledger = new MemoryLedger(XRP);
  final StreamReceiver receiver =
      StreamReceiver.start(uplink, ledger, new byte[32], worker, timer, clock, random);
  final PayToken token = PayToken.random(random);
  final Invoice invoice = receiver.invoice(token, "POST x 60", PRICE);
  final StreamKeys keys = StreamKeys.of(invoice.secretBytes());
  private long sequence;

  @AfterEach
  void stop() {
    uplink.close();
    receiver.close();
    timer.shutdownNow();
    worker.shutdownNow();
  }

  /** Opens another payer's stream, without telling where that is. */
  PayToken open() throws Exception {
    PayToken another = PayToken.random(random);
    await(uplink.arrive(opening(receiver.invoice(another, "POST y 60", PRICE))));
    clock.pass(Duration.ofMillis(1));
    return another;
  }

  void openStream() throws Exception {
    Frame address = new Frame.ConnectionNewAddress(PAYER.getValue());
    assertThat(await(uplink.arrive(prepare(0, 0, address, OPENING))))
        .isInstanceOf(InterledgerFulfillPacket.class);
  }

  CompletionStage<PaymentResult> receive() {
    IncomingPayment payment = receiver.find(token).orElseThrow();
    return payment.receive(PATIENCE);
  }

  /** Waits until the payer was told that it may pay. */
  void awaitLimit() throws Exception {
    long limit = 0;
    while (limit == 0) {
      HeldUplink.Sent sent = uplink.next();
      limit = read(sent.prepare().getData()).frames(Frame.StreamMaxMoney.class).get(0).receiveMax();
      acknowledge(sent);
    }
  }

  List<Frame.StreamData> data(HeldUplink.Sent sent) {
    return read(sent.prepare().getData()).frames(Frame.StreamData.class);
  }

  void acknowledge(HeldUplink.Sent sent, Frame... frames) {
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

  InterledgerPreparePacket prepare(long amount, long minimum, Frame... frames) {
    return prepare(invoice, ++sequence, amount, minimum, frames);
  }

  InterledgerPreparePacket opening(Invoice other) {
    return prepare(other, 1, 0, 0, OPENING);
  }

  InterledgerPreparePacket prepare(
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

  InterledgerResponsePacket send(String destination, byte[] data) throws Exception {
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
  StreamPacket refused(InterledgerResponsePacket response) {
    assertThat(code(response)).isEqualTo("F99");
    StreamPacket packet = read(((InterledgerRejectPacket) response).getData());
    assertThat(packet.type()).isEqualTo(StreamPacket.REJECT);
    return packet;
  }

  StreamPacket read(byte[] data) {
    return StreamCodec.decode(keys.decrypt(data).orElseThrow());
  }

  static void assertSilent(String code, InterledgerResponsePacket response) {
    InterledgerRejectPacket reject = (InterledgerRejectPacket) response;
    assertThat(reject.getCode().getCode()).isEqualTo(code);
    assertThat(reject.getMessage()).isEmpty();
    assertThat(reject.getData()).isEmpty();
  }

  static String code(InterledgerResponsePacket response) {
    return ((InterledgerRejectPacket) response).getCode().getCode();
  }

  static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
