package org.codius.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** What the books say after a crash, with a process that keeps them and is killed. */
class SqlLedgerIT {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final PayToken TOKEN = new PayToken("0123456789abcdef0123456789abcdef");
  private static final int BOOKED_BEFORE_THE_KILL = 50;

  @RepeatedTest(3)
  void keepsEveryBookingItHasConfirmedThroughAKill(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path file = folder.resolve("ledger.db");

    long confirmed = bookUntilKilled(file);

    try (SqlLedger ledger =
        SqlLedger.open(SqlLedgerTest.database(file), XRP, InstantSource.system())) {
      Ledger.Summary summary = ledger.summary();
      // One more may have been booked and not told: it was killed in between.
      assertThat(summary.received().baseUnits().longValue())
          .isBetween(10 * confirmed, 10 * confirmed + 10);
      assertThat(summary.earned().baseUnits().longValue())
          .isBetween(3 * confirmed, 3 * confirmed + 3);
      assertThat(ledger.check()).isEmpty();
      assertThat(ledger.receive(TOKEN, Amount.of(1, XRP)).baseUnits().longValue()).isPositive();
    }
  }

  private static long bookUntilKilled(Path file) throws IOException, InterruptedException {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                Bookkeeper.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long confirmed = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        confirmed = Math.max(confirmed, Long.parseLong(line)); // the last line may be cut short
        if (confirmed == BOOKED_BEFORE_THE_KILL) {
          process.toHandle().destroyForcibly(); // SIGKILL; what it had written can still be read
        }
      }
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(confirmed).isGreaterThanOrEqualTo(BOOKED_BEFORE_THE_KILL);
    return confirmed;
  }

  /** Books without end, and says after each booking how many there are. */
  static final class Bookkeeper {

    private Bookkeeper() {}

    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      SqlLedger ledger = SqlLedger.open(SqlLedgerTest.database(file), XRP, InstantSource.system());
      for (long i = 1; i > 0; i++) {
        ledger.receive(TOKEN, Amount.of(10, XRP));
        ledger.settle(TOKEN, "purchase " + i, Amount.of(3, XRP));
        System.out.println(i);
      }
    }
  }
}
