package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.SqlLedger;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What thousands of payers, and many packets of theirs, leave in a receiver's memory. */
class StreamMemoryTest {

  private static final int CONNECTIONS = ReceiverConnections.MAXIMUM;
  private static final int IN_FLIGHT = 64;
  private static final int KIB = 1024;

  /** Less than 60,000 packets would take if each left anything. */
  private static final long NOISE = 2_000 * KIB;

  private final SecureRandom random = new SecureRandom();
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final HeldUplink uplink = new HeldUplink(InterledgerAddress.of("test.host"));
  private final Semaphore room = new Semaphore(IN_FLIGHT);
  private final AtomicInteger fulfilled = new AtomicInteger();

  @TempDir Path folder;
  private SqlLedger ledger;
  private StreamReceiver receiver;

  @BeforeEach
  void start() {
    InstantSource clock = InstantSource.system();
    ledger =
        SqlLedger.open(CrashingHost.databaseAt(folder.resolve("ledger.db")), FakePath.XRP, clock);
    receiver = StreamReceiver.start(uplink, ledger, new byte[32], worker, timer, clock, random);
  }

  @AfterEach
  void stop() {
    receiver.close();
    timer.shutdownNow();
    worker.shutdownNow();
    ledger.close();
  }

  @Test
  void thousandsOfPayersAreHeldToAThousandAndPacketsLeaveNothing() throws Exception {
    Deque<RawPayer> payers = new ArrayDeque<>();
    for (int i = 0; i < 3 * CONNECTIONS; i++) {
      RawPayer payer = payer(PayToken.random(random));
      assertThat(await(payer.open())).isInstanceOf(InterledgerFulfillPacket.class);
      payers.add(payer);
      if (payers.size() > CONNECTIONS) {
        payers.remove(); // as its connection was, for this one
      }
      assertThat(receiver.connections()).isLessThanOrEqualTo(CONNECTIONS);
    }
    assertThat(receiver.connections()).isEqualTo(CONNECTIONS);

    sendByEach(payers, 10, payer -> payer.pay(0));
    long before = heap();
    sendByEach(payers, 60, payer -> payer.pay(0));
    assertThat(heap() - before).as("left by 60,000 packets").isLessThan(NOISE);

    // Data that nobody can read yet, as what comes before it is missing.
    byte[] late = new byte[8 * KIB];
    sendByEach(payers, 1, payer -> payer.write(8 * KIB, late));
    long filled = heap();
    assertThat(filled - before)
        .as("left by data of %d connections", CONNECTIONS)
        .isLessThan(20L * KIB * CONNECTIONS + NOISE);
    sendByEach(payers, 10, payer -> payer.write(8 * KIB, late));
    assertThat(heap() - filled).as("left by the same again").isLessThan(NOISE);
  }

  @Test
  void moneyLeavesNothingInMemory() throws Exception {
    PayToken token = PayToken.random(random);
    RawPayer payer = payer(token);
    await(payer.open());
    receiver.find(token).orElseThrow().receive(Duration.ofMinutes(1));
    Deque<RawPayer> alone = new ArrayDeque<>();
    alone.add(payer);

    sendByEach(alone, 5_000, each -> each.pay(1));
    long before = heap();
    sendByEach(alone, 20_000, each -> each.pay(1));

    assertThat(heap() - before).as("left by 20,000 packets").isLessThan(NOISE);
    assertThat(ledger.owed(token)).isEqualTo(Amount.of(25_000, FakePath.XRP));
  }

  private RawPayer payer(PayToken token) {
    Invoice invoice = receiver.invoice(token, "item", Amount.of(1_000_000, FakePath.XRP));
    return new RawPayer(uplink::arrive, invoice);
  }

  private void sendByEach(
      Deque<RawPayer> payers,
      int times,
      Function<RawPayer, CompletionStage<InterledgerResponsePacket>> packet)
      throws InterruptedException {
    fulfilled.set(0);
    for (int i = 0; i < times; i++) {
      for (RawPayer payer : payers) {
        room.acquire();
        packet
            .apply(payer)
            .thenAccept(
                answer -> {
                  if (answer instanceof InterledgerFulfillPacket) {
                    fulfilled.incrementAndGet();
                  }
                  room.release();
                });
      }
    }
    room.acquire(IN_FLIGHT);
    room.release(IN_FLIGHT);
    assertThat(fulfilled).as("fulfilled").hasValue(times * payers.size());
  }

  /** Returns how much of the heap is in use once everything else has been collected. */
  private static long heap() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
