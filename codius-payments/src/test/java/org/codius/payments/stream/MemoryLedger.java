package org.codius.payments.stream;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;

/** What tokens are owed, in memory. It fails as often as it is told to. */
final class MemoryLedger implements Ledger {

  private final Asset asset;
  private final Map<PayToken, Amount> owed = new HashMap<>();
  private final Map<PayToken, String> items = new HashMap<>();
  private final Set<String> packets = new HashSet<>();
  private int bookings;
  private int confirmed;
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

  synchronized int confirmed() {
    return confirmed;
  }

  /** Makes a token be owed an amount, for nothing in particular. */
  synchronized void owe(PayToken token, Amount amount) {
    owed.put(token, amount);
  }

  @Override
  public Asset asset() {
    return asset;
  }

  @Override
  public synchronized CompletionStage<Receipt> receive(
      PayToken token, String item, String packet, Amount amount) {
    if (failures > 0) {
      failures--;
      return CompletableFuture.failedFuture(new PaymentException("disk full, as ordered"));
    }
    if (!packets.add(packet)) {
      return CompletableFuture.failedFuture(new PaymentException("booked before"));
    }
    bookings++;
    Amount sum = new Amount(owed(token).baseUnits().plus(amount.baseUnits()), asset);
    owed.put(token, sum);
    items.put(token, item);
    return CompletableFuture.completedFuture(new Receipt(bookings, sum));
  }

  @Override
  public synchronized void confirm(Receipt receipt) {
    confirmed++;
  }

  @Override
  public void recover() {}

  @Override
  public SortedMap<String, BigInteger> balances(String prefix) {
    throw new UnsupportedOperationException("no connector's accounts are in here");
  }

  @Override
  public synchronized Amount owed(PayToken token) {
    return owed.getOrDefault(token, Amount.zero(asset));
  }

  @Override
  public synchronized boolean isFor(PayToken token, String item) {
    return items.getOrDefault(token, item).equals(item);
  }

  @Override
  public List<Debt> debts() {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> settle(PayToken token, String purpose, Amount price) {
    throw notHere();
  }

  @Override
  public CompletionStage<Amount> beginRefund(PayToken token) {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> refundLeaving(PayToken token, Amount amount) {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> refundPaid(PayToken token, Amount amount) {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> refundKept(PayToken token, Amount amount) {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> endRefund(PayToken token) {
    throw notHere();
  }

  @Override
  public CompletionStage<BigInteger> balance(String account) {
    throw notHere();
  }

  @Override
  public CompletionStage<Void> transfer(String from, String to, Amount amount) {
    throw notHere();
  }

  @Override
  public Summary summary() {
    throw notHere();
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("receiving does not ask for that");
  }

  @Override
  public List<String> check() {
    return List.of();
  }

  @Override
  public void close() {}
}
