package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.codius.payments.AccountBooks;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches a receiving process through the system calls it makes. Needs strace. */
class DurabilityIT {

  private static final int PACKETS = 20;

  /** To the ledger's write-ahead log. */
  private static final Pattern LOG_WRITE = Pattern.compile(".* pwrite64\\(\\d+<[^>]*-wal>.*");

  private static final Pattern SYNC_ENDED =
      Pattern.compile(".*(f(data)?sync\\(\\d+<[^>]*-wal>\\)|f(data)?sync resumed>\\)) += 0.*");
  private static final Pattern SOCKET_WRITE =
      Pattern.compile(".* (write|writev|sendto|sendmsg)\\(\\d+<(TCP|socket)[^(]*");

  @TempDir Path folder;

  @Test
  void theDiskHasThePaymentBeforeTheFulfillLeaves() throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Path trace = folder.resolve("trace");
    try (Connector connector =
        Connector.start(
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            AccountBooks.inMemory(),
            group)) {
      String uri = "btp+ws://:secret@localhost:" + connector.localAddress().getPort();
      try (HostProcess host =
          HostProcess.start(
              folder.resolve("ledger.db"),
              uri,
              0,
              HostProcess.SHORT_LIVED,
              "strace",
              "-f",
              "-y",
              "-e",
              "trace=pwrite64,fsync,fdatasync,write,writev,sendto,sendmsg",
              "-o",
              trace.toString())) {
        RawPayer payer = new RawPayer(connector.host(), host.invoice());
        await(payer.open());
        host.tell("take");
        int fulfilled = 0;
        while (fulfilled < PACKETS) { // one after the other, so that order in the trace means cause
          fulfilled += await(payer.pay(1)) instanceof InterledgerFulfillPacket ? 1 : 0;
        }
      }
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    prove(Files.readAllLines(trace, UTF_8));
  }

  /** No socket is written to between a write to the log and the end of its sync. */
  private static void prove(List<String> calls) {
    boolean isDirty = false;
    int synced = 0;
    for (String call : calls) {
      if (LOG_WRITE.matcher(call).matches()) {
        isDirty = true;
      } else if (SYNC_ENDED.matcher(call).matches()) {
        synced += isDirty ? 1 : 0;
        isDirty = false;
      } else if (SOCKET_WRITE.matcher(call).matches()) {
        assertThat(isDirty).as("written before the sync returned: " + call).isFalse();
      }
    }
    assertThat(synced).as("syncs of the log").isGreaterThanOrEqualTo(PACKETS);
  }

  private static InterledgerResponsePacket await(CompletionStage<InterledgerResponsePacket> stage)
      throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
