package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.store.DataFolder;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.codius.payments.spsp.SpspEndpoint;
import org.codius.payments.stream.StreamReceiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The command against a wallet: an SPSP endpoint behind a connector. */
class RefundCommandTest {

  private static final Asset XRP = ConnectorConfig.DEFAULT_ASSET;
  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  private static final Amount OWED = Amount.of(1_000, XRP);

  private final SecureRandom random = new SecureRandom();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final BlockingQueue<Amount> arrived = new LinkedBlockingQueue<>(10);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;
  private Connector connector;
  private StreamReceiver wallet;
  private Ledger walletBooks;
  private HttpServer http;

  @BeforeEach
  void start() throws Exception {
    connector =
        Connector.start(
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            AccountBooks.inMemory(),
            group);
    walletBooks = books("wallet.db");
    wallet =
        StreamReceiver.start(
            connector.host(),
            walletBooks,
            new byte[32],
            worker,
            group,
            InstantSource.system(),
            random);
    SpspEndpoint endpoint =
        SpspEndpoint.start(wallet, random, (account, amount) -> arrived.add(amount));
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/alice", exchange -> answer(exchange, endpoint));
    http.start();
    try (Ledger ledger = books("ledger.db")) {
      await(ledger.receive(TOKEN, "item", "packet 1", OWED));
    }
  }

  @AfterEach
  void stop() {
    http.stop(0);
    wallet.close();
    walletBooks.close();
    connector.close();
    worker.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void paysBackWhatIsOwedOnce() throws Exception {
    assertThat(refund()).as(err.toString()).isZero();

    assertThat(out.toString()).isEqualTo("Paid back 0.000001 XRP to " + alice() + ".\n");
    assertThat(arrived.poll(30, TimeUnit.SECONDS)).isEqualTo(OWED);
    try (Ledger ledger = books("ledger.db")) {
      assertThat(ledger.debts()).isEmpty();
      assertThat(ledger.summary().refunded()).isEqualTo(OWED);
      assertThat(ledger.check()).isEmpty();
    }

    assertThat(refund()).isEqualTo(Codiusd.FAILED);
    assertThat(err.toString()).contains("nothing is owed to it");
    assertThat(arrived).isEmpty();
  }

  @Test
  void goesOnWithWhatWasSetAsideAndSendsNothingThatMayHaveArrived() throws Exception {
    try (Ledger ledger = books("ledger.db")) { // as one that was killed leaves it
      await(ledger.beginRefund(TOKEN));
      await(ledger.refundLeaving(TOKEN, Amount.of(600, XRP)));
    }

    assertThat(refund()).isEqualTo(Codiusd.FAILED);

    assertThat(out.toString()).startsWith("Paid back 0.0000004 XRP to ");
    assertThat(err.toString()).contains("0.0000006 XRP may or may not have arrived");
    assertThat(arrived.poll(30, TimeUnit.SECONDS)).isEqualTo(Amount.of(400, XRP));

    assertThat(refund("--leaving", "kept")).as(err.toString()).isZero();
    assertThat(arrived.poll(30, TimeUnit.SECONDS)).isEqualTo(Amount.of(600, XRP));
  }

  @Test
  void takesAWordForWhatWasPaid() throws Exception {
    try (Ledger ledger = books("ledger.db")) {
      await(ledger.beginRefund(TOKEN));
      await(ledger.refundLeaving(TOKEN, Amount.of(600, XRP)));
    }

    assertThat(refund("--leaving", "paid")).as(err.toString()).isZero();

    assertThat(arrived.poll(30, TimeUnit.SECONDS)).isEqualTo(Amount.of(400, XRP));
    try (Ledger ledger = books("ledger.db")) {
      assertThat(ledger.summary().refunded()).isEqualTo(OWED);
    }
  }

  @Test
  void owesItStillIfTheWalletIsNotThere() {
    int code = run("refund", TOKEN.toHeader(), alice() + "2");

    assertThat(code).isEqualTo(Codiusd.FAILED);
    assertThat(err.toString()).contains("it answered 404").contains("Run it again");
    try (Ledger ledger = books("ledger.db")) {
      assertThat(ledger.owed(TOKEN)).isEqualTo(OWED);
    }
  }

  @Test
  void refusesWhatIsNoTokenOrPointer() {
    assertThat(run("refund", "abc", alice())).isEqualTo(Codiusd.WRONG_ARGUMENTS);
    assertThat(err.toString()).contains("TOKEN: 16 bytes");
    assertThat(run("refund", TOKEN.toHeader(), "alice")).isEqualTo(Codiusd.WRONG_ARGUMENTS);
    assertThat(err.toString()).contains("POINTER: one like $wallet");
  }

  @Test
  void leavesTheHostsOwnAccountToAHostThatRunsWhereverItIsSetUp() throws Exception {
    Path config = folder.resolve("codiusd.properties");
    Files.writeString(config, "CODIUS_UPLINK=" + uplink() + "\n");
    Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-------"));
    String[] command = {
      "refund", TOKEN.toHeader(), alice(), "--root", folder.toString(), "--config", "" + config
    };

    try (DataFolder host = DataFolder.open(folder, random)) {
      assertThat(execute(command)).isEqualTo(Codiusd.FAILED);
      assertThat(err.toString()).contains("in use by another codiusd").contains("Stop the host");
      assertThat(host.instance()).isNotEmpty();
    }
    assertThat(arrived).isEmpty();

    assertThat(execute(command)).as(err.toString()).isZero();
    assertThat(arrived.poll(30, TimeUnit.SECONDS)).isEqualTo(OWED);
  }

  private int refund(String... more) {
    String[] all = new String[3 + more.length];
    all[0] = "refund";
    all[1] = TOKEN.toHeader();
    all[2] = alice();
    System.arraycopy(more, 0, all, 3, more.length);
    return run(all);
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 4];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--root";
    all[arguments.length + 1] = folder.toString();
    all[arguments.length + 2] = "--uplink";
    all[arguments.length + 3] = uplink();
    return execute(all);
  }

  private String uplink() {
    return "btp+ws://127.0.0.1:" + connector.localAddress().getPort();
  }

  private int execute(String... all) {
    return Codiusd.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private String alice() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/alice";
  }

  private Ledger books(String name) {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve(name));
    return SqlLedger.open(database, XRP, InstantSource.system());
  }

  private static void answer(HttpExchange exchange, SpspEndpoint endpoint) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      if (!path.equals("/alice")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      SpspEndpoint.Answer answer = endpoint.answer(exchange.getRequestMethod(), "");
      byte[] body = answer.body().getBytes(UTF_8);
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
