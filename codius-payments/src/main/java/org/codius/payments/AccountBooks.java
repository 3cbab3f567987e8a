package org.codius.payments;

import java.math.BigInteger;
import java.util.concurrent.CompletionStage;

/**
 * The durable balances of a connector's accounts.
 *
 * <p>They set no limits: who may spend how much is decided when a Prepare arrives, and only what
 * was fulfilled is written here. Neither call blocks. Safe for use by several threads.
 */
public interface AccountBooks {

  /** Returns books that are forgotten when the process ends: for a trial, or play money. */
  static AccountBooks inMemory() {
    return new MemoryBooks();
  }

  /**
   * Returns what is owed to {@code account} in base units: negative if it owes us, zero if it is
   * not known. Fails with a {@link PaymentException} if it cannot be read.
   */
  CompletionStage<BigInteger> balance(String account);

  /**
   * Moves {@code amount} from one account to another, either of which is made if it is not known.
   *
   * <p>Durable once it completes. Fails with a {@link PaymentException} if it was not written.
   */
  CompletionStage<Void> transfer(String from, String to, Amount amount);
}
