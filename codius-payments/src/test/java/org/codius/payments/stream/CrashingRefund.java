package org.codius.payments.stream;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.Refund;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.ledger.SqlLedger;

/**
 * A process that pays back what a token is owed, and kills itself at a step of its choice.
 *
 * <p>Arguments: the ledger's file, the connector's URI, after how many steps of the ledger it dies,
 * and the invoice to pay.
 */
final class CrashingRefund {

  static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");

  private CrashingRefund() {}

  public static void main(String[] arguments) throws Exception {
    SteppedDatabase database =
        new SteppedDatabase(
            CrashingHost.databaseAt(Path.of(arguments[0])), Integer.parseInt(arguments[2]));
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Uplink uplink =
        BtpUplink.connect(BtpUplinkConfig.of(URI.create(arguments[1])), group)
            .toCompletableFuture()
            .join();
    SqlLedger ledger =
        SqlLedger.open(database.asDataSource(), uplink.asset(), InstantSource.system());
    database.arm();
    Refund.pay(
            ledger,
            TOKEN,
            StreamSender.create(uplink, group),
            Invoice.parse(arguments[3]).orElseThrow(),
            Duration.ofSeconds(30))
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
    Runtime.getRuntime().halt(0); // it had fewer steps
  }
}
