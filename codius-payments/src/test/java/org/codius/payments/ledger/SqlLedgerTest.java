package org.codius.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.primitives.UnsignedLong;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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

  static final Asset XRP = new Asset("XRP", 9);
  static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  private static final PayToken OTHER = new PayToken("ffffffffffffffffffffffffffffffff");
  private static final String ITEM = "POST x 60";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

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
  void owesWhatArrivedUntilItIsSettled() throws Exception {
    receive(TOKEN, 1_000);
    assertThat(receive(TOKEN, 141).owed()).isEqualTo(xrp(1_141));
    receive(OTHER, 5);

    await(ledger.settle(TOKEN, "pod 1", xrp(1_100)));

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(41));
    assertThat(ledger.owed(OTHER)).isEqualTo(xrp(5));
    assertThat(ledger.summary())
        .isEqualTo(new Ledger.Summary(xrp(1_146), xrp(1_100), xrp(46), xrp(0), 0));
    assertThat(ledger.debts())
        .containsExactly(
            new Ledger.Debt(TOKEN, xrp(41), xrp(0), xrp(0)),
            new Ledger.Debt(OTHER, xrp(5), xrp(0), xrp(0)));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void owesNothingToATokenItDoesNotKnow() {
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(0));
    assertThat(ledger.debts()).isEmpty();
    assertThat(ledger.summary()).isEqualTo(new Ledger.Summary(xrp(0), xrp(0), xrp(0), xrp(0), 0));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void settlesAPurchaseOnce() throws Exception {
    receive(TOKEN, 100);

    await(ledger.settle(TOKEN, "pod 1", xrp(40)));
    await(ledger.settle(TOKEN, "pod 1", xrp(40)));

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(60));
    assertThat(ledger.summary().earned()).isEqualTo(xrp(40));
  }

  @Test
  void settlesAPurchaseThatIsFree() throws Exception {
    await(ledger.settle(TOKEN, "pod 1", xrp(0)));
    await(ledger.settle(TOKEN, "pod 1", xrp(0)));

    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void doesNotSettleMoreThanIsOwedAndForgetsThatItWasAsked() throws Exception {
    receive(TOKEN, 10);

    assertThat(ledger.settle(TOKEN, "pod 1", xrp(11)))
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class)
        .withMessageEndingWith(
            "settle 0.000000011 XRP of PayToken[012345…]: only 0.00000001 XRP is owed");

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(10));
    receive(TOKEN, 1);
    await(ledger.settle(TOKEN, "pod 1", xrp(11)));
    assertThat(ledger.summary().earned()).isEqualTo(xrp(11));
  }

  @Test
  void booksAPacketOnce() throws Exception {
    String packet = packet();
    await(ledger.receive(TOKEN, ITEM, packet, xrp(10)));
    ledger.close();
    open();

    assertRefused(ledger.receive(TOKEN, ITEM, packet, xrp(10)), "this packet was booked before");

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(10));
  }

  @Test
  void aPacketThatWasBookedBeforeTakesNoOtherWithIt() throws Exception {
    String packet = packet();
    await(ledger.receive(TOKEN, ITEM, packet, xrp(1)));
    ledger.close();
    open();

    List<CompletableFuture<?>> others = new ArrayList<>(); // many of them in one batch with it
    List<CompletionStage<?>> again = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      others.add(ledger.receive(TOKEN, ITEM, packet(), xrp(10)).toCompletableFuture());
      others.add(ledger.transfer("child:a", "child:b", xrp(1)).toCompletableFuture());
      again.add(ledger.receive(TOKEN, ITEM, packet, xrp(1)));
    }

    for (CompletionStage<?> copy : again) {
      assertRefused(copy, "this packet was booked before");
    }
    for (CompletableFuture<?> other : others) {
      await(other);
    }
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(1_001));
    assertThat(await(ledger.balance("child:b"))).isEqualTo(100);
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void aTokensMoneyIsForOneItem() throws Exception {
    receive(TOKEN, 10);

    assertThat(ledger.isFor(TOKEN, ITEM)).isTrue();
    assertThat(ledger.isFor(TOKEN, "another")).isFalse();
    assertThat(ledger.isFor(OTHER, "another")).isTrue();
    assertRefused(
        ledger.receive(TOKEN, "another", packet(), xrp(10)),
        "the token is owed money for something else");

    await(ledger.settle(TOKEN, "pod 1", xrp(10)));
    assertThat(ledger.isFor(TOKEN, "another")).isTrue();
    await(ledger.receive(TOKEN, "another", packet(), xrp(10)));
    assertThat(ledger.isFor(TOKEN, ITEM)).isFalse();
  }

  @Test
  void paysBackWhatIsOwed() throws Exception {
    receive(TOKEN, 100);

    assertThat(await(ledger.beginRefund(TOKEN))).isEqualTo(xrp(100));
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(0));
    await(ledger.refundLeaving(TOKEN, xrp(90)));
    assertThat(ledger.debts()).containsExactly(new Ledger.Debt(TOKEN, xrp(0), xrp(10), xrp(90)));
    assertThat(ledger.summary())
        .isEqualTo(new Ledger.Summary(xrp(100), xrp(0), xrp(100), xrp(0), 0));
    await(ledger.refundPaid(TOKEN, xrp(70)));
    await(ledger.refundKept(TOKEN, xrp(20)));
    await(ledger.endRefund(TOKEN));

    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(30));
    assertThat(ledger.summary())
        .isEqualTo(new Ledger.Summary(xrp(100), xrp(0), xrp(30), xrp(70), 0));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void paysNothingBackTwice() throws Exception {
    assertThat(ledger.beginRefund(TOKEN)).failsWithin(PATIENCE);
    receive(TOKEN, 100);
    await(ledger.beginRefund(TOKEN));
    await(ledger.refundLeaving(TOKEN, xrp(60)));
    ledger.close(); // broken off
    open();
    receive(TOKEN, 1);

    assertThat(await(ledger.beginRefund(TOKEN))).isEqualTo(xrp(41));
    assertThat(ledger.refundLeaving(TOKEN, xrp(42)))
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withMessageContaining("only 41 are there");
    assertThat(ledger.refundPaid(TOKEN, xrp(61))).failsWithin(PATIENCE);
    assertThat(ledger.refundKept(TOKEN, xrp(61))).failsWithin(PATIENCE);

    await(ledger.endRefund(TOKEN));
    assertThat(ledger.debts()).containsExactly(new Ledger.Debt(TOKEN, xrp(41), xrp(0), xrp(60)));
  }

  @Test
  void keepsTheBalancesOfAConnector() throws Exception {
    await(ledger.transfer("faucet", "child:a", xrp(50)));
    await(ledger.transfer("child:a", "child:b", xrp(20)));
    ledger.close();
    open();

    assertThat(await(ledger.balance("child:a"))).isEqualTo(30);
    assertThat(await(ledger.balance("child:b"))).isEqualTo(20);
    assertThat(await(ledger.balance("faucet"))).isEqualTo(-50);
    assertThat(await(ledger.balance("child:unknown"))).isZero();
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void marksWhatWasNotConfirmedBeforeTheEnd() throws Exception {
    ledger.confirm(receive(TOKEN, 1));
    receive(TOKEN, 2);
    receive(TOKEN, 4);
    assertThat(ledger.summary().unconfirmed()).isZero();
    ledger.close();
    open();

    ledger.recover();
    ledger.recover();

    assertThat(ledger.summary().unconfirmed()).isEqualTo(2);
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(7));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void refusesSumsItCannotHold() throws Exception {
    receive(TOKEN, Long.MAX_VALUE);

    assertRefused(ledger.receive(OTHER, ITEM, packet(), xrp(2)), "less than 2^63 base units");
    Amount all = new Amount(UnsignedLong.MAX_VALUE, XRP);
    assertRefused(ledger.receive(OTHER, ITEM, packet(), all), "less than 2^63 base units");

    assertThat(ledger.owed(OTHER)).isEqualTo(xrp(0));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void keepsTheBooksOfEachAssetApart() throws Exception {
    Asset usd = new Asset("USD", 2);
    receive(TOKEN, 10);
    assertThatThrownBy(() -> ledger.receive(TOKEN, ITEM, packet(), Amount.of(1, usd)))
        .isInstanceOf(IllegalArgumentException.class);

    DataSource database = database(folder.resolve("ledger.db"));
    try (SqlLedger dollars = SqlLedger.open(database, usd, CLOCK)) {
      await(dollars.receive(TOKEN, ITEM, packet(), Amount.of(7, usd)));
      assertThat(dollars.owed(TOKEN)).isEqualTo(Amount.of(7, usd));
      assertThat(dollars.summary().received()).isEqualTo(Amount.of(7, usd));
    }

    assertThat(ledger.summary().received()).isEqualTo(xrp(10));
    assertThat(SqlLedger.assetsIn(database)).containsExactly(usd, XRP);
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void countsRightWhenManyBookAtOnce() throws Exception {
    List<CompletableFuture<?>> bookings = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      bookings.add(ledger.receive(TOKEN, ITEM, packet(), xrp(10)).toCompletableFuture());
      String purchase = "pod " + i % 10; // each asked for a hundred times
      bookings.add(ledger.settle(TOKEN, purchase, xrp(1)).toCompletableFuture());
      bookings.add(ledger.transfer("child:" + i % 3, "uplink", xrp(10)).toCompletableFuture());
    }
    for (CompletableFuture<?> booking : bookings) {
      await(booking);
    }

    assertThat(ledger.summary())
        .isEqualTo(new Ledger.Summary(xrp(10_000), xrp(10), xrp(9_990), xrp(0), 0));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void writesWhatItWasHandedBeforeItCloses() throws Exception {
    CompletionStage<Ledger.Receipt> booking = ledger.receive(TOKEN, ITEM, packet(), xrp(1));
    ledger.close();

    assertThat(booking).isCompletedWithValue(new Ledger.Receipt(1, xrp(1)));
    assertRefused(ledger.receive(TOKEN, ITEM, packet(), xrp(1)), "the ledger is closed");
    open();
    assertThat(ledger.owed(TOKEN)).isEqualTo(xrp(1));
  }

  private Ledger.Receipt receive(PayToken token, long units) throws Exception {
    return await(ledger.receive(token, ITEM, packet(), xrp(units)));
  }

  static String packet() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private static void assertRefused(CompletionStage<?> booking, String reason) {
    assertThat(booking)
        .failsWithin(PATIENCE)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(PaymentException.class)
        .withMessageContaining(reason);
  }

  static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  static Amount xrp(long units) {
    return Amount.of(units, XRP);
  }

  static DataSource database(Path file) {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + file);
    return database;
  }
}
