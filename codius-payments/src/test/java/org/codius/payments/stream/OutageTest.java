package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.testing.NetworkFaults;
import org.codius.payments.testing.SimulatedNetwork;
import org.codius.payments.testing.SimulatedUplink;
import org.codius.payments.testing.VirtualProcess;
import org.codius.payments.testing.VirtualTime;
import org.interledger.core.InterledgerAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A payment under way while a connector, or the way to it, is gone for a while. */
class OutageTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final Amount PRICE = Amount.of(1_000_000, XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(55);

  private final VirtualTime time = new VirtualTime();
  private final SecureRandom random = new SecureRandom();
  private final SimulatedNetwork network = new SimulatedNetwork(time, new Random(20261129));
  private final SimulatedUplink hostUplink = attach("test.host");
  private final SimulatedUplink payerUplink = attach("test.payer");
  private final VirtualProcess process = time.startProcess();
  private final MemoryLedger ledger = new MemoryLedger(XRP);
  private final StreamReceiver receiver =
      StreamReceiver.start(hostUplink, ledger, new byte[32], process, process, time, random);
  private final StreamSender sender =
      StreamSender.create(payerUplink, process, time, random, StreamSenderConfig.DEFAULT);
  private final PayToken token = PayToken.random(random);
  private final CompletableFuture<PaymentResult> result = new CompletableFuture<>();

  /** Of a link that does not break, 0 seconds. */
  @ParameterizedTest(name = "host {0} s, payer {1} s")
  @CsvSource({"1, 1", "9, 9", "9, 17", "20, 9", "30, 30", "30, 0", "1, 0"})
  void thePaymentGoesOnOnceBothAreBack(int hostSeconds, int payerSeconds) {
    OutgoingPayment payment = payHalf();

    interrupt(hostUplink, hostSeconds);
    interrupt(payerUplink, payerSeconds);

    assertThat(time.runUntil(result::isDone, PATIENCE)).as("it ends").isTrue();
    time.pass(Duration.ofSeconds(1)); // the last answer is on its way
    assertThat(result).isCompletedWithValue(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
    assertThat(payerUplink.spent()).isEqualTo(PRICE);
    assertThat(payment.sent()).isEqualTo(PRICE);
  }

  @Test
  void aPayerWhoDoesNotComeBackIsNotWaitedFor() {
    payHalf();

    payerUplink.breakLink();
    time.pass(ReceiverConnection.REMINDER.plusSeconds(2));

    assertThat(receiver.find(token))
        .as("the next one under its token is not taken for it")
        .isEmpty();
    assertThat(result).isCompletedWithValueMatching(PaymentResult.Underpaid.class::isInstance);
  }

  @Test
  void norIsOneWhoDoesNotComeBackAfterTheHostDid() {
    payHalf();

    interrupt(hostUplink, 2);
    payerUplink.breakLink();
    time.pass(Duration.ofSeconds(20));

    assertThat(receiver.find(token))
        .as("the next one under its token is not taken for it")
        .isEmpty();
  }

  @Test
  void aHostThatDoesNotComeBackIsNotPaidForEver() {
    OutgoingPayment payment = payHalf();

    hostUplink.breakLink();
    time.pass(Duration.ofSeconds(70));

    assertThat(payment.ended()).isCompleted();
    assertThat(payment.sent()).isEqualTo(ledger.owed(token));
  }

  private OutgoingPayment payHalf() {
    network.suffer(
        new NetworkFaults(0, 0, 0, 0, Duration.ofMillis(10), UnsignedLong.valueOf(10_000)));
    receiver.onReady(payment -> payment.receive(PATIENCE).thenAccept(result::complete));
    CompletableFuture<OutgoingPayment> payment =
        sender
            .open(receiver.invoice(token, "POST manifest 60", PRICE), Amount.of(9_000_000, XRP))
            .toCompletableFuture();
    assertThat(time.runUntil(() -> ledger.bookings() >= 50, PATIENCE)).as("half is paid").isTrue();
    return payment.join();
  }

  private void interrupt(SimulatedUplink uplink, int seconds) {
    if (seconds > 0) {
      uplink.breakLink();
      time.after(Duration.ofSeconds(seconds), uplink::mendLink);
    }
  }

  private SimulatedUplink attach(String address) {
    return network.attach(InterledgerAddress.of(address), XRP, 1);
  }
}
