package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.stream.FakePath.XRP;

import com.google.common.primitives.UnsignedLong;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PacketHandler;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.codius.payments.Refund;
import org.codius.payments.Uplink;
import org.codius.payments.ilp.Rejects;
import org.codius.payments.ledger.SqlLedger;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Money that goes back, to a receiver of ours. */
class RefundTest {

  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  private static final PayToken THEIRS = new PayToken("ffffffffffffffffffffffffffffffff");
  private static final Amount OWED = Amount.of(1_000_000, XRP);
  private static final Amount NOTHING = Amount.zero(XRP);
  private static final Amount ANYTHING = new Amount(UnsignedLong.MAX_VALUE, XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SecureRandom random = new SecureRandom();
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private final FakePath path = new FakePath(timer);
  private final MemoryLedger received = new MemoryLedger(XRP);
  private final StreamReceiver receiver =
      StreamReceiver.start(
          path.host(), received, new byte[32], worker, timer, InstantSource.system(), random);

  @TempDir private Path folder;
  private Ledger ledger;

  @BeforeEach
  void owe() throws Exception {
    ledger =
        SqlLedger.open(
            CrashingHost.databaseAt(folder.resolve("ledger.db")), XRP, InstantSource.system());
    await(ledger.receive(TOKEN, "item", "packet 1", OWED));
    receiver.onReady(payment -> payment.receive(PATIENCE));
  }

  @AfterEach
  void stop() {
    assertThat(ledger.check()).isEmpty();
    ledger.close();
    receiver.close();
    timer.shutdownNow();
    worker.shutdownNow();
  }

  @Test
  void paysAllThatIsOwed() throws Exception {
    path.takeAtMost(150_000); // so that several packets leave

    assertThat(await(refund(path.payer(), ANYTHING))).isEqualTo(OWED);

    assertThat(received.owed(THEIRS)).isEqualTo(OWED);
    assertThat(ledger.debts()).isEmpty();
    assertThat(ledger.summary().refunded()).isEqualTo(OWED);
  }

  @Test
  void owesAgainWhatTheReceiverDoesNotTake() throws Exception {
    Amount part = Amount.of(400_000, XRP);

    Amount paid = await(refund(path.payer(), part, Duration.ofSeconds(2)));

    assertThat(paid).isEqualTo(part);
    assertThat(received.owed(THEIRS)).isEqualTo(part);
    assertThat(ledger.debts())
        .containsExactly(new Ledger.Debt(TOKEN, Amount.of(600_000, XRP), NOTHING, NOTHING));
  }

  @Test
  void owesAllAgainIfNobodyIsThere() {
    Invoice nobody =
        Invoice.of(
            InterledgerAddress.of("test.host.nobody"),
            receiver.invoice(THEIRS, "gift", ANYTHING).secretBytes());

    assertThatThrownBy(() -> await(refund(path.payer(), nobody, PATIENCE)))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PaymentException.class);

    assertThat(ledger.debts()).containsExactly(new Ledger.Debt(TOKEN, OWED, NOTHING, NOTHING));
  }

  @Test
  void sendsNothingTwiceThatMayHaveArrived() throws Exception {
    path.takeAtMost(250_000);

    assertThat(await(refund(new Broken(path.payer()), ANYTHING))).isEqualTo(NOTHING);

    assertThat(received.owed(THEIRS)).isEqualTo(OWED); // though we were not told
    assertThat(ledger.debts()).containsExactly(new Ledger.Debt(TOKEN, NOTHING, NOTHING, OWED));
    assertThatThrownBy(() -> await(refund(path.payer(), ANYTHING)))
        .hasMessageContaining("nothing is owed");
    assertThat(received.owed(THEIRS)).isEqualTo(OWED);
  }

  private CompletionStage<Amount> refund(Uplink from, Amount price) {
    return refund(from, price, PATIENCE);
  }

  private CompletionStage<Amount> refund(Uplink from, Amount price, Duration timeout) {
    return refund(from, invoice(price), timeout);
  }

  private CompletionStage<Amount> refund(Uplink from, Invoice to, Duration timeout) {
    return Refund.pay(ledger, TOKEN, sender(from), to, timeout);
  }

  private StreamSender sender(Uplink from) {
    return StreamSender.create(from, timer);
  }

  private Invoice invoice(Amount price) {
    return receiver.invoice(THEIRS, "gift", price);
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** A link that breaks whenever the answer to a packet with money is to come. */
  private record Broken(Uplink real) implements Uplink {

    @Override
    public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
      return real.handle(prepare)
          .thenApply(
              answer ->
                  answer.map(
                      fulfill ->
                          prepare.getAmount().equals(UnsignedLong.ZERO)
                              ? fulfill
                              : Rejects.of(InterledgerErrorCode.T01_PEER_UNREACHABLE, "it broke"),
                      reject -> reject));
    }

    @Override
    public InterledgerAddress address() {
      return real.address();
    }

    @Override
    public Asset asset() {
      return real.asset();
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public void onPrepare(PacketHandler handler) {
      real.onPrepare(handler);
    }

    @Override
    public void offPrepare(PacketHandler handler) {
      real.offPrepare(handler);
    }

    @Override
    public void close() {}
  }
}
