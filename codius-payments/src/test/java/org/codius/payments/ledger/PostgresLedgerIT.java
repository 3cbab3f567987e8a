package org.codius.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The books in a PostgreSQL of Debian's, started for this test as the user it brings along. */
@Tag("long")
class PostgresLedgerIT {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");

  private static Path programs;
  private static Path folder;
  private static PGSimpleDataSource database;

  @BeforeAll
  static void startServer() throws Exception {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      programs = versions.max(Path::compareTo).orElseThrow().resolve("bin");
    }
    folder = Files.createTempDirectory("codius-postgres");
    run("chown", "postgres", folder.toString());
    Path data = folder.resolve("data");
    asPostgres("initdb", "-D", data.toString(), "-A", "trust", "-U", "codius");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String options = "-p %d -k %s -c listen_addresses=127.0.0.1".formatted(port, folder);
    asPostgres(
        "pg_ctl",
        "-D",
        data.toString(),
        "-l",
        folder.resolve("log").toString(),
        "-o",
        options,
        "-w",
        "start");
    database = new PGSimpleDataSource();
    database.setServerNames(new String[] {"127.0.0.1"});
    database.setPortNumbers(new int[] {port});
    database.setUser("codius");
    database.setDatabaseName("postgres");
  }

  @AfterAll
  static void stopServer() throws Exception {
    asPostgres("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "fast", "-w", "stop");
    run("rm", "-rf", folder.toString());
  }

  @Test
  void keepsTheBooksAsInSqlite() throws Exception {
    try (SqlLedger ledger = SqlLedger.open(database, XRP, InstantSource.system());
        SqlLedger second = SqlLedger.open(database, XRP, InstantSource.system())) {
      List<CompletableFuture<?>> bookings = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        for (SqlLedger books : List.of(ledger, second)) { // as two processes would
          bookings.add(
              books.receive(TOKEN, "item", SqlLedgerTest.packet(), xrp(10)).toCompletableFuture());
          bookings.add(books.settle(TOKEN, "pod " + i % 10, xrp(1)).toCompletableFuture());
          bookings.add(books.transfer("child:a", "uplink", xrp(10)).toCompletableFuture());
        }
      }
      for (CompletableFuture<?> booking : bookings) {
        booking.get(60, TimeUnit.SECONDS);
      }
      ledger.recover();

      assertThat(ledger.summary())
          .isEqualTo(new Ledger.Summary(xrp(10_000), xrp(10), xrp(9_990), xrp(0), 1_000));
      assertThat(ledger.check()).isEmpty();
      ledger.beginRefund(TOKEN).toCompletableFuture().get(10, TimeUnit.SECONDS);
      ledger.refundLeaving(TOKEN, xrp(90)).toCompletableFuture().get(10, TimeUnit.SECONDS);
      ledger.refundPaid(TOKEN, xrp(90)).toCompletableFuture().get(10, TimeUnit.SECONDS);
      ledger.endRefund(TOKEN).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(9_900));
    }

    try (SqlLedger again = SqlLedger.open(database, XRP, InstantSource.system())) {
      assertThat(again.owed(TOKEN)).isEqualTo(xrp(9_900));
      assertThat(again.check()).isEmpty();
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE ledger_entry SET amount = 11 WHERE id = 7");
      }
      assertThat(again.check()).contains("entry 7 was changed: its hash does not fit");
    }
  }

  private static Amount xrp(long units) {
    return Amount.of(units, XRP);
  }

  private static void asPostgres(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("runuser", "-u", "postgres", "--"));
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command.toArray(new String[0]));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
