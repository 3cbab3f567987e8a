package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.payments.AccountBooks;
import org.codius.payments.Ledger;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A receiving process that is killed (-9), and a payer who knows what it saw fulfilled.
 *
 * <p>A batch of bookings is some seven writes, a commit among them, and the process dies before and
 * after each of several batches' steps, and without regard to steps.
 */
class CrashIT {

  private static final int PACKET = 10;
  private static final int IN_FLIGHT = 8;
  private static final int WARM_UP = 40;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final AtomicInteger fulfilled = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final Semaphore room = new Semaphore(IN_FLIGHT);

  @TempDir Path folder;
  private Connector connector;
  private Path file;

  @BeforeEach
  void start() {
    file = folder.resolve("ledger.db");
    connector =
        Connector.start(
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            AccountBooks.inMemory(),
            group);
  }

  @AfterEach
  void stop() {
    connector.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 31, 46})
  void whatThePayerSawFulfilledIsOnTheBooksWhereverItIsKilled(int step) throws Exception {
    try (HostProcess host = HostProcess.start(file, uri(), step, HostProcess.SHORT_LIVED)) {
      RawPayer payer = open(host);
      pay(payer, WARM_UP);
      host.tell("arm");
      pay(payer, Integer.MAX_VALUE);
      host.awaitEnd();
    }

    proveTheBooks();
  }

  @Test
  void whatThePayerSawFulfilledIsOnTheBooksWheneverItIsKilled() throws Exception {
    try (HostProcess host = HostProcess.start(file, uri(), 0, HostProcess.SHORT_LIVED)) {
      RawPayer payer = open(host);
      pay(payer, 10 * WARM_UP);
    } // with packets in flight

    proveTheBooks();
  }

  /** Opens the stream, and has the host take money. */
  private RawPayer open(HostProcess host) throws Exception {
    RawPayer payer = new RawPayer(connector.host(), host.invoice());
    assertThat(await(payer.open())).isInstanceOf(InterledgerFulfillPacket.class);
    host.tell("take");
    while (!(await(payer.pay(PACKET)) instanceof InterledgerFulfillPacket)) {
      // It is about to raise its limit; nothing else would tell us.
    }
    fulfilled.incrementAndGet();
    return payer;
  }

  /** Pays with several packets in flight, until so many were fulfilled or one is not any more. */
  private void pay(RawPayer payer, int packets) throws InterruptedException {
    for (int sent = 0; sent < packets && unanswered.get() == 0; sent++) {
      room.acquire();
      payer
          .pay(PACKET)
          .thenAccept(
              answer -> {
                (answer instanceof InterledgerFulfillPacket ? fulfilled : unanswered)
                    .incrementAndGet();
                room.release();
              });
    }
  }

  private void proveTheBooks() throws Exception {
    assertThat(room.tryAcquire(IN_FLIGHT, 60, TimeUnit.SECONDS)).as("all is answered").isTrue();
    try (SqlLedger ledger =
        SqlLedger.open(
            CrashingHost.databaseAt(file), ConnectorConfig.DEFAULT_ASSET, InstantSource.system())) {
      ledger.recover();

      Ledger.Summary summary = ledger.summary();
      long booked = summary.received().baseUnits().longValue() / PACKET;
      long unpaid = booked - fulfilled.get();
      assertThat(unpaid).as("booked, not seen fulfilled").isBetween(0L, (long) IN_FLIGHT);
      assertThat(summary.unconfirmed()).isGreaterThanOrEqualTo(unpaid);
      assertThat(ledger.owed(CrashingHost.TOKEN)).isEqualTo(summary.received());
      assertThat(ledger.check()).isEmpty();
    }
  }

  private String uri() {
    return "btp+ws://:secret@localhost:" + connector.localAddress().getPort();
  }

  private static InterledgerResponsePacket await(CompletionStage<InterledgerResponsePacket> stage)
      throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
