package org.codius.payments;

import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Balances that last as long as the process. Safe for use by several threads. */
final class MemoryBooks implements AccountBooks {

  private final Map<String, BigInteger> balances = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<BigInteger> balance(String account) {
    return CompletableFuture.completedStage(balances.getOrDefault(account, BigInteger.ZERO));
  }

  @Override
  public CompletionStage<Void> transfer(String from, String to, Amount amount) {
    BigInteger units = amount.baseUnits().bigIntegerValue();
    balances.merge(from, units.negate(), BigInteger::add);
    balances.merge(to, units, BigInteger::add);
    return CompletableFuture.completedStage(null);
  }
}
