package org.codius.payments.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.ledger.SqlLedgerTest.CLOCK;
import static org.codius.payments.ledger.SqlLedgerTest.TOKEN;
import static org.codius.payments.ledger.SqlLedgerTest.XRP;
import static org.codius.payments.ledger.SqlLedgerTest.await;
import static org.codius.payments.ledger.SqlLedgerTest.database;
import static org.codius.payments.ledger.SqlLedgerTest.packet;
import static org.codius.payments.ledger.SqlLedgerTest.xrp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ledger's file: durable, of a known version, and telling of what was done to it. */
class SqlLedgerFileTest {

  private static final String ITEM = "POST x 60";

  @TempDir Path folder;
  private SqlLedger ledger;

  @BeforeEach
  void open() {
    ledger = SqlLedger.open(database(folder.resolve("ledger.db")), XRP, CLOCK);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void waitsForTheDiskBeforeItCompletes() {
    DataSource database = database(folder.resolve("other.db"));
    try (Database books = new Database(database)) {
      assertThat(books.<List<String>>transact("look", SqlLedgerFileTest::durability))
          .containsExactly("wal", "2");
    }
  }

  @Test
  void refusesBooksOfANewerVersion() throws SQLException {
    ledger.close();
    tamper("UPDATE ledger_version SET version = 99");

    DataSource database = database(folder.resolve("ledger.db"));
    assertThatThrownBy(() -> SqlLedger.open(database, XRP, CLOCK))
        .isInstanceOf(PaymentException.class)
        .hasMessage("open ledger: it was made by a newer codiusd (version 99, we know 3)");
    tamper("UPDATE ledger_version SET version = 3");
    open();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPDATE ledger_entry SET amount = 9 WHERE id = 1    | entry 1 was changed: its hash does not fit
          UPDATE ledger_entry SET target = 'x' WHERE id = 2  | entry 2 was changed: its hash does not fit
          DELETE FROM ledger_entry WHERE id = 1              | entry 1 is missing
          DELETE FROM ledger_entry WHERE id = 2              | the chain ends with entry 1, but 2 were written
          UPDATE ledger_account SET balance = balance + 1 WHERE name = 'uplink' | the balances in XRP of scale 9 add up to 1, not to 0
          UPDATE ledger_account SET balance = -7 WHERE name = 'revenue' | account revenue in XRP of scale 9 says -7, but its entries add up to 3
          UPDATE ledger_account SET balance = -7 WHERE name = 'revenue' | account revenue is below zero: -7 XRP of scale 9
          DELETE FROM ledger_account WHERE name = 'revenue'  | account revenue in XRP of scale 9 says 0, but its entries add up to 3
          INSERT INTO ledger_in_doubt (entry) VALUES (77)    | entry 77 is in doubt, but not there
          """)
  void findsWhatIsWrong(String tampering, String finding) throws Exception {
    await(receive(10));
    await(ledger.settle(TOKEN, "pod 1", xrp(3)));
    ledger.close();

    tamper(tampering);
    open();

    assertThat(ledger.check()).contains(finding);
  }

  @Test
  void twoProcessesMayBookInOneFile() throws Exception {
    DataSource database = database(folder.resolve("ledger.db"));
    try (SqlLedger second = SqlLedger.open(database, XRP, CLOCK)) {
      await(receive(1));
      await(second.receive(TOKEN, ITEM, packet(), xrp(2)));
      await(receive(4));

      assertThat(second.owed(TOKEN)).isEqualTo(xrp(7));
      assertThat(second.check()).isEmpty();
    }
  }

  @Test
  void takesOverBooksOfTheFirstVersion() throws Exception {
    Path file = folder.resolve("first.db");
    try (Connection connection = database(file).getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(resource("version-1.sql"));
    }

    try (SqlLedger upgraded = SqlLedger.open(database(file), XRP, CLOCK)) {
      assertThat(upgraded.check()).isEmpty();
      assertThat(upgraded.summary())
          .isEqualTo(new Ledger.Summary(xrp(1_150), xrp(1_100), xrp(50), xrp(0), 0));
      assertThat(upgraded.owed(TOKEN)).isEqualTo(xrp(41));
      await(upgraded.settle(TOKEN, TOKEN.hex(), xrp(1_100))); // was settled before
      await(upgraded.receive(TOKEN, ITEM, packet(), xrp(1)));
      assertThat(upgraded.owed(TOKEN)).isEqualTo(xrp(42));
      assertThat(upgraded.check()).isEmpty();
    }
  }

  @Test
  void takesOverBooksOfTheSecondVersion() throws Exception {
    Path file = folder.resolve("second.db");
    try (Connection connection = database(file).getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(resource("version-2.sql"));
    }

    try (SqlLedger upgraded = SqlLedger.open(database(file), XRP, CLOCK)) {
      assertThat(upgraded.check()).isEmpty();
      assertThat(upgraded.summary())
          .isEqualTo(new Ledger.Summary(xrp(609), xrp(550), xrp(59), xrp(0), 2));
      assertThatThrownBy(
              () -> await(upgraded.receive(TOKEN, ITEM, "connection0000000000000004", xrp(1))))
          .hasMessageContaining("booked before");
      upgraded.recover(); // the one in doubt
      await(upgraded.receive(TOKEN, ITEM, packet(), xrp(1)));
      assertThat(upgraded.summary())
          .isEqualTo(new Ledger.Summary(xrp(610), xrp(550), xrp(60), xrp(0), 3));
      assertThat(upgraded.check()).isEmpty();
    }
    SqlLedger.open(database(file), XRP, CLOCK).close(); // once is enough
  }

  private CompletionStage<Ledger.Receipt> receive(long units) {
    return ledger.receive(TOKEN, ITEM, packet(), xrp(units));
  }

  private static String resource(String name) throws IOException {
    try (InputStream sql = requireNonNull(SqlLedgerTest.class.getResourceAsStream(name), name)) {
      return new String(sql.readAllBytes(), UTF_8);
    }
  }

  private void tamper(String statement) throws SQLException {
    DataSource database = database(folder.resolve("ledger.db"));
    try (Connection connection = database.getConnection();
        Statement tampering = connection.createStatement()) {
      tampering.execute(statement);
    }
  }

  private static List<String> durability(Session session) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = session.connection().createStatement()) {
      for (String pragma : List.of("journal_mode", "synchronous")) {
        try (var row = statement.executeQuery("PRAGMA " + pragma)) {
          found.add(row.getString(1));
        }
      }
    }
    return found;
  }
}
