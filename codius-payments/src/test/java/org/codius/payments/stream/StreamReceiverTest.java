package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.UnsignedLong;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.Test;

/** Packet by packet, what a payer sends, and is told. */
class StreamReceiverTest extends ReceiverByHand {

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
}
