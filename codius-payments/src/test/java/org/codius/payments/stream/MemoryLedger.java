package org.codius.payments.stream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;

/** What tokens are owed, in memory. It fails as often as it is told to. */
final class MemoryLedger implements Ledger {

  private final Asset asset;
  private final Map<PayToken, Amount> owed = new HashMap<>();
  private int bookings;
  private int failures;

  MemoryLedger(Asset asset) {
    this.asset = asset;
  }

  synchronized void failNext(int times) {
    failures = times;
  }

  synchronized int bookings() {
    return bookings;
  }

  @Override
  public synchronized Amount receive(PayToken token, Amount amount) {
    if (failures > 0) {
      failures--;
      throw new IllegalStateException("disk full, as ordered");
    }
    bookings++;
    Amount sum = new Amount(owed(token).baseUnits().plus(amount.baseUnits()), asset);
    owed.put(token, sum);
    return sum;
  }

  @Override
  public synchronized Amount owed(PayToken token) {
    return owed.getOrDefault(token, Amount.zero(asset));
  }

  @Override
  public void settle(PayToken token, String purchase, Amount price) {
    throw new UnsupportedOperationException("receiving does not settle");
  }

  @Override
  public Summary summary() {
    throw new UnsupportedOperationException("receiving asks for no sums");
  }

  @Override
  public List<String> check() {
    return List.of();
  }

  @Override
  public void close() {}
}
