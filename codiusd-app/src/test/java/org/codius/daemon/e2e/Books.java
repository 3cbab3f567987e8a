package org.codius.daemon.e2e;

import java.math.BigInteger;
import java.time.InstantSource;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.ledger.SqlLedger;
import org.sqlite.SQLiteDataSource;

/** The sums in a host's ledger, in base units. */
record Books(BigInteger received, BigInteger earned, BigInteger owed) {

  boolean hasReceived() {
    return received.signum() > 0;
  }

  /** Returns what has come about since {@code earlier}. */
  Books less(Books earlier) {
    return new Books(
        received.subtract(earlier.received),
        earned.subtract(earlier.earned),
        owed.subtract(earlier.owed));
  }

  /** Reads the file that the host goes on writing to, and checks that it balances. */
  static Books of(HostProcess host) {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + host.root().resolve("ledger.db"));
    try (Ledger ledger = SqlLedger.open(database, new Asset("XRP", 9), InstantSource.system())) {
      if (!ledger.check().isEmpty()) {
        throw new AssertionError("the books do not balance: " + ledger.check());
      }
      Ledger.Summary summary = ledger.summary();
      return new Books(
          summary.received().baseUnits().bigIntegerValue(),
          summary.earned().baseUnits().bigIntegerValue(),
          summary.owed().baseUnits().bigIntegerValue());
    }
  }
}
