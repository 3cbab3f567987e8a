package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.Bytes;
import com.google.common.primitives.UnsignedLong;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.PaymentSender.Sent;
import org.codius.payments.PaymentState;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The two ends with each other, over a path that does what it is told. */
class StreamPaymentTest {

  private static final Amount PRICE = Amount.of(1_141_553, XRP);
  private static final Amount MORE = Amount.of(9_000_000, XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ITEM = "POST manifest 60";

  private final SecureRandom random = new SecureRandom();
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final FakePath path = new FakePath(timer);
  private final MemoryLedger ledger = new MemoryLedger(XRP);
  private final StreamReceiver receiver =
      StreamReceiver.start(
          path.host(), ledger, new byte[32], worker, timer, InstantSource.system(), random);
  private final StreamSender sender = StreamSender.create(path.payer(), timer);
  private final PayToken token = PayToken.random(random);

  @AfterEach
  void stop() {
    sender.close();
    receiver.close();
    timer.shutdownNow();
    worker.shutdownNow();
  }

  @Test
  void paysThePriceToTheUnitAndNothingBeforeItIsAskedFor() throws Exception {
    OutgoingPayment outgoing = open(MORE);
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    assertThat(incoming.isFor(ITEM)).isTrue();
    assertThat(incoming.isFor("POST another 60")).isFalse();
    assertThat(incoming.price()).isEqualTo(PRICE);
    assertThat(ledger.owed(token)).isEqualTo(Amount.zero(XRP));

    PaymentResult result = await(incoming.receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
    outgoing.close();
    await(outgoing.ended());
    assertThat(outgoing.sent()).isEqualTo(PRICE);
    assertThat(outgoing.delivered()).isEqualTo(PRICE);
  }

  @Test
  void paysInSmallPacketsWhereThePathTakesNoLargerOnes() throws Exception {
    path.takeAtMost(5_000);
    open(MORE);

    PaymentResult result = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.bookings()).isGreaterThan(200);
  }

  @Test
  void goesOnWhereAConnectorThatCameBackDoesNotKnowTheReceiverYet() throws Exception {
    path.takeAtMost(50_000);
    path.refuse(InterledgerErrorCode.F00_BAD_REQUEST, 20, 3);
    open(MORE);

    PaymentResult result = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void paysOnceOverAPathThatLosesCopiesAndReordersPackets() throws Exception {
    path.loseCopyAndDelay(20, 30, 20);
    path.takeAtMost(50_000);
    open(MORE);

    PaymentResult result = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void paysAcrossARate() throws Exception {
    path.exchange(1_234_567, 1_000_000);
    path.takeAtMost(100_000);
    OutgoingPayment outgoing = open(MORE);

    await(receiver.find(token).orElseThrow().receive(PATIENCE));

    outgoing.close();
    await(outgoing.ended());
    long owed = ledger.owed(token).baseUnits().longValue();
    assertThat(owed).isBetween(1_141_553L, 1_141_556L);
    assertThat(outgoing.delivered().baseUnits().longValue()).isEqualTo(owed);
    assertThat(outgoing.sent().baseUnits().longValue()).isBetween(924_659L, 924_700L);
  }

  @Test
  void refusesAPayerWhoCannotReachThePriceAndKeepsNothing() throws Exception {
    OutgoingPayment outgoing = open(Amount.of(1_000, XRP));

    PaymentResult result = await(receiver.receive(token, ITEM, PRICE, PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.TooLow(Amount.of(1_000, XRP)));
    await(outgoing.ended());
    assertThat(outgoing.sent()).isEqualTo(Amount.zero(XRP));
    assertThat(ledger.bookings()).isZero();
    assertThat(receiver.look(token, ITEM, PRICE)).isInstanceOf(PaymentState.Missing.class);
  }

  @Test
  void refusesAPaymentForSomethingElseAndTakesNothing() throws Exception {
    open(MORE);

    assertThat(receiver.look(token, "another", PRICE)).isEqualTo(new PaymentState.Mismatched());
    assertThat(await(receiver.receive(token, "another", PRICE, PATIENCE)))
        .isEqualTo(new PaymentResult.Mismatched());
    assertThat(ledger.bookings()).isZero();

    assertThat(await(receiver.receive(token, ITEM, PRICE, PATIENCE)))
        .isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(await(receiver.receive(token, ITEM, PRICE, PATIENCE))) // and takes it once
        .isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void whatWasPaidBeforeARestartIsDeliveredWithoutThePayer() throws Exception {
    ledger.owe(token, PRICE);

    assertThat(receiver.look(token, ITEM, PRICE)).isEqualTo(new PaymentState.Ready(PRICE));
    assertThat(await(receiver.receive(token, ITEM, PRICE, PATIENCE)))
        .isEqualTo(new PaymentResult.Paid(PRICE));
  }

  @Test
  void keepsWhatArrivedAndTakesOnlyTheRestOnTheNextConnection() throws Exception {
    ledger.owe(token, Amount.of(1_000, XRP)); // from a connection that broke

    OutgoingPayment outgoing = open(MORE);
    PaymentResult paid = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(paid).isEqualTo(new PaymentResult.Paid(PRICE));
    outgoing.close();
    await(outgoing.ended());
    assertThat(outgoing.sent()).isEqualTo(Amount.of(1_140_553, XRP));
  }

  @Test
  void canBeAskedAgainAfterTimeRanOut() throws Exception {
    open(MORE);
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    path.loseCopyAndDelay(100, 0, 0);
    PaymentResult underpaid = await(incoming.receive(Duration.ofMillis(300)));
    assertThat(underpaid).isEqualTo(new PaymentResult.Underpaid(Amount.zero(XRP)));

    path.loseCopyAndDelay(0, 0, 0);
    PaymentResult paid = await(incoming.receive(PATIENCE));

    assertThat(paid).isEqualTo(new PaymentResult.Paid(PRICE));
  }

  @Test
  void isPaidAtOnceWhatTheLedgerAlreadyOwes() throws Exception {
    ledger.owe(token, PRICE);
    OutgoingPayment outgoing = open(MORE);

    PaymentResult result = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(outgoing.sent()).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void aSecondWaitEndsWithTheFirst() throws Exception {
    open(MORE);
    IncomingPayment incoming = receiver.find(token).orElseThrow();

    CompletionStage<PaymentResult> first = incoming.receive(PATIENCE);
    CompletionStage<PaymentResult> second = incoming.receive(PATIENCE);

    assertThat(await(first)).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(await(second)).isEqualTo(new PaymentResult.Paid(PRICE));
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void aPacketTheLedgerCouldNotTakeIsSentAgain() throws Exception {
    ledger.failNext(2);
    OutgoingPayment outgoing = open(MORE);

    PaymentResult result = await(receiver.find(token).orElseThrow().receive(PATIENCE));

    assertThat(result).isEqualTo(new PaymentResult.Paid(PRICE));
    outgoing.close();
    await(outgoing.ended());
    assertThat(outgoing.sent()).isEqualTo(PRICE);
  }

  @Test
  void waitingEndsWhenThePayerLeaves() throws Exception {
    ledger.failNext(1_000); // so that its money is not in the books before it leaves
    OutgoingPayment outgoing = open(MORE);
    CompletionStage<PaymentResult> waiting = receiver.find(token).orElseThrow().receive(PATIENCE);

    outgoing.close();

    assertThat(await(waiting)).isInstanceOf(PaymentResult.Underpaid.class);
    assertThat(receiver.find(token)).isEmpty();
  }

  @Test
  void thePayerHearsOfTheHostsClose() throws Exception {
    OutgoingPayment outgoing = open(MORE);

    receiver.find(token).orElseThrow().close();

    await(outgoing.ended());
    assertThat(receiver.find(token)).isEmpty();
  }

  @Test
  void sendsNothingWhereNothingMayBeSent() throws Exception {
    OutgoingPayment outgoing = open(Amount.zero(XRP));

    PaymentResult result =
        await(receiver.find(token).orElseThrow().receive(Duration.ofMillis(300)));

    assertThat(result).isEqualTo(new PaymentResult.Underpaid(Amount.zero(XRP)));
    assertThat(outgoing.sent()).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void carriesDataBothWaysWhateverThePathDoesToPackets() throws Exception {
    byte[] toHost = randomBytes(100_000);
    byte[] toPayer = randomBytes(100_000);
    OutgoingPayment outgoing = open(MORE);
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    path.loseCopyAndDelay(10, 20, 10);

    CompletionStage<byte[]> atHost = readAll(incoming.data(), toHost.length);
    CompletionStage<byte[]> atPayer = readAll(outgoing.data(), toPayer.length + 1);
    writeAll(outgoing.data(), toHost);
    writeAll(incoming.data(), toPayer);

    assertThat(await(atHost)).isEqualTo(toHost);
    assertThat(await(atPayer)).isEqualTo(Bytes.concat(new byte[] {(byte) 0xff}, toPayer));
    assertThat(await(incoming.receive(PATIENCE))).isEqualTo(new PaymentResult.Paid(PRICE));
  }

  @Test
  void readingEndsWithThePayment() throws Exception {
    OutgoingPayment outgoing = open(MORE);
    IncomingPayment incoming = receiver.find(token).orElseThrow();
    CompletionStage<byte[]> waiting = incoming.data().read();

    outgoing.close();

    assertThat(await(waiting)).isEmpty();
    assertThat(await(outgoing.ended())).isNull();
    assertThat(outgoing.data().write(new byte[1]).toCompletableFuture())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .withMessageContaining("the connection has ended");
  }

  @Test
  void tellsOfItsProgress() throws Exception {
    path.takeAtMost(100_000);
    OutgoingPayment outgoing = open(MORE);
    Queue<Amount> sent = new ConcurrentLinkedQueue<>();
    outgoing.onProgress(now -> sent.add(now.sent()));

    await(receiver.find(token).orElseThrow().receive(PATIENCE));
    outgoing.close();
    await(outgoing.ended());

    assertThat(sent).hasSizeGreaterThan(11).startsWith(Amount.zero(XRP)).endsWith(PRICE);
  }

  @Test
  void paysWhatTheReceiverAsksForAsSoonAsItIsReady() throws Exception {
    receiver.onReady(payment -> payment.receive(PATIENCE));

    Sent all = await(sender.pay(receiver.invoice(token, ITEM, PRICE), PRICE, PATIENCE));
    PayToken other = PayToken.random(random);
    Amount any = new Amount(UnsignedLong.MAX_VALUE, XRP);
    Sent most = await(sender.pay(receiver.invoice(other, ITEM, any), price(1_000), PATIENCE));

    assertThat(all).isEqualTo(new Sent(PRICE, PRICE));
    assertThat(most).isEqualTo(new Sent(price(1_000), price(1_000)));
    assertThat(ledger.owed(other)).isEqualTo(price(1_000));
  }

  @Test
  void sendsNothingWhereTheRateHasBecomeWorseThanItMay() throws Exception {
    StreamSender strict =
        StreamSender.create(
            path.payer(),
            timer,
            InstantSource.system(),
            random,
            StreamSenderConfig.DEFAULT.withSlippage(new BigDecimal("0.001")));
    OutgoingPayment outgoing = await(strict.open(receiver.invoice(token, ITEM, PRICE), MORE));
    await(outgoing.ready());
    path.exchange(998, 1_000);

    PaymentResult result =
        await(receiver.find(token).orElseThrow().receive(Duration.ofMillis(500)));

    assertThat(result).isEqualTo(new PaymentResult.Underpaid(Amount.zero(XRP)));
    assertThat(outgoing.sent()).isEqualTo(Amount.zero(XRP));
  }

  @Test
  void saysWhyItCannotBeOpened() {
    Invoice nowhere = Invoice.of(InterledgerAddress.of("test.host.nowhere"), new byte[32]);

    assertThatThrownBy(() -> await(sender.open(nowhere, MORE)))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PaymentException.class)
        .hasMessageContaining("open a STREAM to test.host.nowhere: no packet arrived (F02)");
  }

  private OutgoingPayment open(Amount maximum) throws Exception {
    Invoice invoice = receiver.invoice(token, ITEM, PRICE);
    OutgoingPayment payment = await(sender.open(invoice, maximum));
    await(payment.ready());
    return payment;
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static Amount price(long units) {
    return Amount.of(units, XRP);
  }

  /** Writes in pieces, each once the one before has been taken. */
  private static void writeAll(PaymentData data, byte[] bytes) {
    CompletionStage<Void> last = CompletableFuture.completedFuture(null);
    for (int start = 0; start < bytes.length; start += 30_000) {
      byte[] piece = Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + 30_000));
      last = last.thenCompose(taken -> data.write(piece));
    }
  }

  private static CompletionStage<byte[]> readAll(PaymentData data, int length) {
    return readAll(data, length, new byte[0]);
  }

  private static CompletionStage<byte[]> readAll(PaymentData data, int length, byte[] sofar) {
    return sofar.length >= length
        ? CompletableFuture.completedFuture(sofar)
        : data.read().thenCompose(next -> readAll(data, length, Bytes.concat(sofar, next)));
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds() + 5, TimeUnit.SECONDS);
  }
}
