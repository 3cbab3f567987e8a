package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills up one account of play money when it runs dry.
 *
 * <p>Keeps half a grant in reserve, for packets that come at the same time. Safe for use by several
 * threads.
 */
final class Faucet {

  private static final Logger log = LoggerFactory.getLogger(Faucet.class);

  private final Balances balances;
  private final UnsignedLong grant;

  @GuardedBy("this")
  private CompletionStage<Void> filling = CompletableFuture.completedStage(null);

  Faucet(Balances balances, UnsignedLong grant) {
    this.balances = balances;
    this.grant = grant;
  }

  /**
   * Completes once {@code account} can spend {@code amount}, if a grant can bring that about. Never
   * fails: who gets nothing cannot pay, and is told so.
   */
  synchronized CompletionStage<Void> fill(Account account, UnsignedLong amount) {
    if (!isNeeded(account, amount)) {
      return CompletableFuture.completedStage(null);
    }
    if (filling.toCompletableFuture().isDone()) {
      filling =
          balances
              .grant(account, grant)
              .exceptionally(
                  e -> {
                    log.warn("no play money account={}", account.settings().accountId(), e);
                    return null;
                  });
    }
    return filling;
  }

  private boolean isNeeded(Account account, UnsignedLong amount) {
    BigInteger rest = account.balance().available().subtract(amount.bigIntegerValue());
    BigInteger full = grant.bigIntegerValue();
    return amount.longValue() != 0
        && rest.compareTo(full.shiftRight(1)) < 0
        && rest.add(full).signum() >= 0;
  }
}
