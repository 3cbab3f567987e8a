package org.codius.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Books without room for more: SQLite says FULL at the page it may not add, as on a full disk. */
class LedgerRoomTest {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final int FEW_PAGES = 24;

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private final SQLiteDataSource database = new SQLiteDataSource();

  @BeforeEach
  void shrink() {
    database.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    setPages(FEW_PAGES);
  }

  private void setPages(int pages) {
    SQLiteConfig config = new SQLiteConfig();
    config.setMaxPageCount(pages);
    database.setConfig(config);
  }

  @Test
  void goesOnInTheRoomThatIsMadeForIt() throws Exception {
    try (SqlLedger ledger = open(this::makeRoom)) {
      for (int i = 0; asked.get() == 0; i++) {
        book(ledger, i);
      }

      assertThat(ledger.check()).isEmpty();
      assertThat(asked).hasValue(1);
      assertThat(ledger.balances("child:").values()).isNotEmpty().allMatch(BigInteger.ONE::equals);
    }
  }

  @Test
  void failsAndWritesNothingWhereThereIsNoneToMake() throws Exception {
    try (SqlLedger ledger =
        open(
            () -> {
              asked.incrementAndGet();
              return false;
            })) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; true; i++) {
                  book(ledger, i);
                }
              })
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(PaymentException.class)
          .hasMessageContaining("SQLITE_FULL");

      assertThat(asked).hasValue(1);
      assertThat(ledger.check()).isEmpty();
    }
  }

  @Test
  void tellsTheBalancesOfAKindOfAccount() throws Exception {
    try (SqlLedger ledger = open(() -> false)) {
      await(ledger.transfer("faucet", "child:pod-a", Amount.of(7, XRP)));
      await(ledger.transfer("faucet", "child:pod-b", Amount.of(2, XRP)));
      await(ledger.transfer("child:pod-b", "host", Amount.of(2, XRP)));
      await(ledger.transfer("faucet", "child:other", Amount.of(1, XRP)));

      assertThat(ledger.balances("child:pod-"))
          .containsExactlyEntriesOf(Map.of("child:pod-a", BigInteger.valueOf(7)));
    }
  }

  private SqlLedger open(BooleanSupplier room) {
    return SqlLedger.open(database, XRP, InstantSource.system(), room);
  }

  private boolean makeRoom() {
    asked.incrementAndGet();
    setPages(10_000);
    return true;
  }

  /** Books something to an account of its own, whose name takes up room. */
  private static void book(SqlLedger ledger, int i) throws Exception {
    await(ledger.transfer("faucet", "child:" + i + "x".repeat(500), Amount.of(1, XRP)));
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
