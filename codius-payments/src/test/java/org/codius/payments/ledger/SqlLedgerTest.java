package org.codius.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.UnsignedLong;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SqlLedgerTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  private static final PayToken OTHER = new PayToken("ffffffffffffffffffffffffffffffff");
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

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
  void owesWhatArrivedUntilItIsSettled() {
    ledger.receive(TOKEN, xrp(1_000));
    assertThat(ledger.receive(TOKEN, xrp(141))).isEqualTo(xrp(1_141));
    ledger.receive(OTHER, xrp(5));

    ledger.settle(TOKEN, "pod 1", xrp(1_100));

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(41));
    assertThat(ledger.owed(OTHER)).isEqualTo(xrp(5));
    assertThat(ledger.summary()).isEqualTo(new Ledger.Summary(xrp(1_146), xrp(1_100), xrp(46)));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void owesNothingToATokenItDoesNotKnow() {
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(0));
    assertThat(ledger.summary()).isEqualTo(new Ledger.Summary(xrp(0), xrp(0), xrp(0)));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void settlesAPurchaseOnce() {
    ledger.receive(TOKEN, xrp(100));

    ledger.settle(TOKEN, "pod 1", xrp(40));
    ledger.settle(TOKEN, "pod 1", xrp(40));

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(60));
    assertThat(ledger.summary().earned()).isEqualTo(xrp(40));
  }

  @Test
  void settlesAPurchaseThatIsFree() {
    ledger.settle(TOKEN, "pod 1", xrp(0));
    ledger.settle(TOKEN, "pod 1", xrp(0));

    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void doesNotSettleMoreThanIsOwedAndForgetsThatItWasAsked() {
    ledger.receive(TOKEN, xrp(10));

    assertThatThrownBy(() -> ledger.settle(TOKEN, "pod 1", xrp(11)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("settle 0.000000011 XRP of PayToken[012345…]: only 0.00000001 XRP is owed");

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(10));
    ledger.receive(TOKEN, xrp(1));
    ledger.settle(TOKEN, "pod 1", xrp(11));
    assertThat(ledger.summary().earned()).isEqualTo(xrp(11));
  }

  @Test
  void remembersAfterItWasClosed() {
    ledger.receive(TOKEN, xrp(10));
    ledger.settle(TOKEN, "pod 1", xrp(3));
    ledger.close();

    open();

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(7));
    ledger.settle(TOKEN, "pod 1", xrp(3));
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(7));
  }

  @Test
  void waitsForTheDiskBeforeItReturns() throws SQLException {
    DataSource database = database(folder.resolve("other.db"));
    try (Database books = new Database(database)) {
      assertThat(books.<List<String>>transact("look", SqlLedgerTest::durability))
          .containsExactly("wal", "2");
    }
  }

  @Test
  void refusesSumsItCannotHold() {
    ledger.receive(TOKEN, xrp(Long.MAX_VALUE));

    assertThatThrownBy(() -> ledger.receive(OTHER, xrp(1)))
        .isInstanceOf(PaymentException.class)
        .hasMessageEndingWith("the books hold less than 2^63 base units");
    Amount all = new Amount(UnsignedLong.MAX_VALUE, XRP);
    assertThatThrownBy(() -> ledger.receive(OTHER, all)).isInstanceOf(PaymentException.class);

    assertThat(ledger.owed(OTHER)).isEqualTo(xrp(0));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void refusesAnotherAsset() {
    assertThatThrownBy(() -> ledger.receive(TOKEN, Amount.of(1, new Asset("XRP", 6))))
        .isInstanceOf(IllegalArgumentException.class);
    ledger.close();

    DataSource database = database(folder.resolve("ledger.db"));
    assertThatThrownBy(() -> SqlLedger.open(database, new Asset("USD", 2), CLOCK))
        .isInstanceOf(PaymentException.class)
        .hasMessage(
            "open ledger: it counts XRP of scale 9, the uplink USD of scale 2 (keep a ledger for"
                + " each)");
  }

  @Test
  void refusesBooksOfANewerVersion() throws SQLException {
    ledger.close();
    tamper("PRAGMA user_version = 99");

    DataSource database = database(folder.resolve("ledger.db"));
    assertThatThrownBy(() -> SqlLedger.open(database, XRP, CLOCK))
        .isInstanceOf(PaymentException.class)
        .hasMessage("open ledger: it was made by a newer codiusd (version 99, we know 1)");
    tamper("PRAGMA user_version = 1");
    open();
  }

  @Test
  void findsWhatIsWrong() throws SQLException {
    ledger.receive(TOKEN, xrp(10));
    tamper("UPDATE posting SET amount = -9 WHERE amount = -10");
    tamper("UPDATE account SET balance = 1 WHERE name GLOB 'owed/*'");

    assertThat(ledger.check())
        .containsExactlyInAnyOrder(
            "booking 1 does not balance: its postings add up to 1",
            "account owed/" + TOKEN.hex() + " says 1, but its postings add up to -9",
            "account owed/" + TOKEN.hex() + " is below zero: -1",
            "what was received is not what was earned and is owed: the difference is 11");
  }

  @Test
  void countsRightWhenManyBookAtOnce() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String purchase = "pod " + i % 10; // each asked for ten times
        tasks.add(
            () -> {
              ledger.receive(TOKEN, xrp(10));
              ledger.settle(TOKEN, purchase, xrp(1));
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }

    assertThat(ledger.summary()).isEqualTo(new Ledger.Summary(xrp(1_000), xrp(10), xrp(990)));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void twoProcessesMayBookInOneFile() {
    DataSource database = database(folder.resolve("ledger.db"));
    try (SqlLedger second = SqlLedger.open(database, XRP, CLOCK)) {
      ledger.receive(TOKEN, xrp(1));
      second.receive(TOKEN, xrp(2));
      ledger.receive(TOKEN, xrp(4));

      assertThat(second.owed(TOKEN)).isEqualTo(xrp(7));
    }
  }

  private void tamper(String statement) throws SQLException {
    DataSource database = database(folder.resolve("ledger.db"));
    try (Connection connection = database.getConnection();
        Statement tampering = connection.createStatement()) {
      tampering.execute(statement);
    }
  }

  private static List<String> durability(Connection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (String pragma : List.of("journal_mode", "synchronous")) {
        try (var row = statement.executeQuery("PRAGMA " + pragma)) {
          found.add(row.getString(1));
        }
      }
    }
    return found;
  }

  private static Amount xrp(long units) {
    return Amount.of(units, XRP);
  }

  static DataSource database(Path file) {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + file);
    return database;
  }
}
