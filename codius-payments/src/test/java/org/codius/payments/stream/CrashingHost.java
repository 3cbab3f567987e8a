package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A process that is paid, and kills itself at a step of its choice.
 *
 * <p>Arguments: the ledger's file, the connector's URI, after how many steps of the ledger it dies
 * once it is told to, 0 for never. Prints an invoice; then, line by line: {@code take} raises the
 * receive maximum to the price, {@code arm} starts to count steps.
 */
final class CrashingHost {

  static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  static final long PRICE = 1_000_000_000;

  private static final String ITEM = "everything";

  private CrashingHost() {}

  public static void main(String[] arguments) throws Exception {
    int fatalStep = Integer.parseInt(arguments[2]);
    DataSource file = databaseAt(Path.of(arguments[0]));
    SteppedDatabase database = new SteppedDatabase(file, fatalStep);
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ExecutorService worker = Executors.newFixedThreadPool(2);
    SecureRandom random = new SecureRandom();
    Uplink uplink =
        BtpUplink.connect(BtpUplinkConfig.of(URI.create(arguments[1])), group)
            .toCompletableFuture()
            .join();
    SqlLedger ledger =
        SqlLedger.open(
            fatalStep == 0 ? file : database.asDataSource(),
            uplink.asset(),
            InstantSource.system());
    Amount price = Amount.of(PRICE, uplink.asset());
    StreamReceiver receiver =
        StreamReceiver.start(
            uplink, ledger, new byte[32], worker, group, InstantSource.system(), random);
    Invoice invoice = receiver.invoice(TOKEN, ITEM, price);
    System.out.println(invoice.toHeader());
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String order = orders.readLine(); order != null; order = orders.readLine()) {
      if (order.equals("take")) {
        receiver.receive(TOKEN, ITEM, price, Duration.ofMinutes(5));
      } else if (order.equals("arm")) {
        database.arm();
      }
    }
    Runtime.getRuntime().halt(0); // whoever started it has gone
  }

  static DataSource databaseAt(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setGetGeneratedKeys(false);
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + file);
    return database;
  }
}
