package org.codius.payments.ledger;

import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;

/** Double-entry books in an SQL database. */
@SuppressWarnings("DoNotCallSuggester")
public final class SqlLedger implements Ledger {

  private SqlLedger() {}

  /**
   * Opens the books in {@code database}, making them if it has none.
   *
   * @throws PaymentException if it cannot be read, was made by a newer version, or counts another
   *     asset
   */
  public static SqlLedger open(DataSource database, Asset asset, InstantSource clock) {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public Amount receive(PayToken token, Amount amount) {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public Amount owed(PayToken token) {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public void settle(PayToken token, String purchase, Amount price) {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public Summary summary() {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public List<String> check() {
    throw new UnsupportedOperationException("under construction");
  }

  @Override
  public void close() {}
}
