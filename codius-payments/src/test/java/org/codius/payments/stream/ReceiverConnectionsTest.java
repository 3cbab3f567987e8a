package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.stream.FakePath.XRP;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Eventually;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentResult;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.junit.jupiter.api.Test;

/** How long a payer's connection lasts, and which one of several. */
class ReceiverConnectionsTest extends ReceiverByHand {

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

  @Test
  void nobodyElseAnswersAtItsUplinkUntilItIsClosed() throws Exception {
    assertThatThrownBy(() -> StreamSender.create(uplink, timer))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("an uplink for each");
    openStream();

    receiver.close();

    StreamSender.create(uplink, timer).close();
  }
}
