package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.UnsignedLong;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.Refund;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A refunding process that is killed (-9) before and after steps of its ledger, and one that goes
 * on after it.
 */
class RefundCrashIT {

  private static final int KILLED = 128 + 9;
  private static final Amount OWED = Amount.of(1_000_000, ConnectorConfig.DEFAULT_ASSET);
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final MemoryLedger received = new MemoryLedger(ConnectorConfig.DEFAULT_ASSET);
  private final List<PayToken> theirs = new ArrayList<>(); // one for each attempt

  @TempDir Path folder;
  private Path file;
  private Connector connector;
  private StreamReceiver receiver;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("ledger.db");
    connector =
        Connector.start(
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            AccountBooks.inMemory(),
            group);
    receiver =
        StreamReceiver.start(
            connector.host(),
            received,
            new byte[32],
            worker,
            group,
            InstantSource.system(),
            new SecureRandom());
    receiver.onReady(payment -> payment.receive(Duration.ofMinutes(1)));
    try (Ledger ledger = ledger()) {
      await(ledger.receive(CrashingRefund.TOKEN, "item", "packet 1", OWED));
    }
  }

  @AfterEach
  void stop() {
    receiver.close();
    connector.close();
    worker.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** A refund of one packet takes four transactions of some six steps, before and after each. */
  @ParameterizedTest
  @ValueSource(ints = {1, 12, 18, 24, 28, 36, 40, 60})
  void whatWasPaidIsNotPaidAgainWhereverItIsKilled(int step) throws Exception {
    refundAndDie(step);
    try (Ledger ledger = ledger()) {
      Ledger.Summary summary = ledger.summary();
      Amount arrived = arrived();
      Amount leaving = leaving(ledger);
      assertThat(arrived.baseUnits())
          .as("arrived: what is known to be paid, and at most what was leaving")
          .isBetween(
              summary.refunded().baseUnits(),
              summary.refunded().baseUnits().plus(leaving.baseUnits()));

      if (!leaving.equals(OWED) && !summary.refunded().equals(OWED)) {
        Amount rest = await(refund(ledger)); // it had not begun to leave

        assertThat(rest).isEqualTo(OWED);
      }

      assertThat(arrived()).isIn(arrived, OWED);
      assertThat(ledger.summary().refunded().baseUnits().plus(leaving(ledger).baseUnits()))
          .as("all of it is paid, or may be")
          .isEqualTo(OWED.baseUnits());
      assertThat(ledger.owed(CrashingRefund.TOKEN)).isEqualTo(Amount.zero(OWED.asset()));
      assertThat(ledger.check()).isEmpty();
    }
  }

  private void refundAndDie(int step) throws Exception {
    List<String> command = HostProcess.java(HostProcess.SHORT_LIVED);
    command.addAll(
        List.of(
            CrashingRefund.class.getName(),
            file.toString(),
            uri("one"),
            Integer.toString(step),
            invoice().toHeader()));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it is over").isTrue();
    assertThat(process.exitValue()).as("killed, or done").isIn(KILLED, 0);
  }

  private CompletionStage<Amount> refund(Ledger ledger) throws Exception {
    Uplink uplink = await(BtpUplink.connect(BtpUplinkConfig.of(URI.create(uri("two"))), group));
    return Refund.pay(
            ledger,
            CrashingRefund.TOKEN,
            StreamSender.create(uplink, group),
            invoice(),
            Duration.ofSeconds(30))
        .whenComplete((paid, failure) -> uplink.close());
  }

  private static Amount leaving(Ledger ledger) {
    List<Ledger.Debt> debts = ledger.debts();
    return debts.isEmpty() ? Amount.zero(ledger.asset()) : debts.get(0).leaving();
  }

  private Amount arrived() {
    UnsignedLong sum = UnsignedLong.ZERO;
    for (PayToken token : theirs) {
      sum = sum.plus(received.owed(token).baseUnits());
    }
    return new Amount(sum, OWED.asset());
  }

  private Invoice invoice() {
    PayToken token = new PayToken("%032x".formatted(theirs.size()));
    theirs.add(token);
    return receiver.invoice(token, "gift", new Amount(UnsignedLong.MAX_VALUE, OWED.asset()));
  }

  private Ledger ledger() {
    return SqlLedger.open(CrashingHost.databaseAt(file), OWED.asset(), InstantSource.system());
  }

  private String uri(String secret) {
    return "btp+ws://:" + secret + "@localhost:" + connector.localAddress().getPort();
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
