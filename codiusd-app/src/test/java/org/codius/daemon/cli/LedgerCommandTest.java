package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;
import picocli.CommandLine;

class LedgerCommandTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");

  @TempDir private Path folder;

  private final SQLiteDataSource database = new SQLiteDataSource();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeBooks() throws Exception {
    database.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    try (SqlLedger ledger = SqlLedger.open(database, XRP, InstantSource.system())) {
      ledger
          .receive(TOKEN, "item", "packet 1", Amount.of(1_500, XRP))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
      ledger
          .settle(TOKEN, "pod", Amount.of(500, XRP))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void saysThatTheBooksAreInOrder() {
    assertThat(run("ledger", "check")).isZero();

    assertThat(out.toString())
        .isEqualTo(
            """
            XRP/9: received 0.0000015 XRP, earned 0.0000005 XRP, owed 0.000001 XRP, paid back 0 XRP,\
             unconfirmed packets 0
            The books are in order.
            """);
  }

  @Test
  void saysWhatIsWrongWithThem() throws Exception {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE ledger_entry SET amount = 1 WHERE id = 1");
    }

    assertThat(run("ledger", "check")).isEqualTo(1);

    assertThat(err.toString()).contains("codiusd: entry 1 was changed: its hash does not fit");
    assertThat(out.toString()).doesNotContain("in order");
  }

  @Test
  void listsWhoIsOwedWhat() {
    assertThat(run("ledger", "owed")).isZero();

    assertThat(out.toString()).isEqualTo("ASNFZ4mrze8BI0VniavN7w  0.000001 XRP\n");
  }

  @Test
  void listsWhatPodsHave() throws Exception {
    try (SqlLedger ledger = SqlLedger.open(database, XRP, InstantSource.system())) {
      ledger
          .transfer("host", "child:pod-" + "a".repeat(52), Amount.of(70, XRP))
          .toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    }

    assertThat(run("ledger", "owed")).isZero();

    assertThat(out.toString()).endsWith("pod " + "a".repeat(52) + "  0.00000007 XRP\n");
  }

  @Test
  void saysWhereItLookedForBooks() {
    assertThat(commandLine().execute("ledger", "check", "--root", "/nowhere")).isEqualTo(1);

    assertThat(err.toString()).startsWith("codiusd: no books at /nowhere/ledger.db\n");
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--root";
    all[arguments.length + 1] = folder.toString();
    return commandLine().execute(all);
  }

  private CommandLine commandLine() {
    return Codiusd.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
