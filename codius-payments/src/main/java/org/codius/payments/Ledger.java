package org.codius.payments;

import java.util.List;

/**
 * The books. Every movement is a double entry, on disk when the call returns.
 *
 * <p>Money that arrives is owed to the token it came under until it is settled against what was
 * delivered for it. The calls block; do not make them on an event loop. Safe for use by several
 * threads.
 */
public interface Ledger extends AutoCloseable {

  /** Books {@code amount} as arrived under {@code token}, and returns what it is owed now. */
  Amount receive(PayToken token, Amount amount);

  /** Returns what is owed to {@code token}. */
  Amount owed(PayToken token);

  /**
   * Turns {@code price} of what is owed to {@code token} into income, once per {@code purchase}: a
   * second call with the same purchase changes nothing.
   *
   * @param purchase names what was delivered, uniquely
   * @throws IllegalStateException if less than {@code price} is owed
   */
  void settle(PayToken token, String purchase, Amount price);

  /** Returns the sums over all entries. */
  Summary summary();

  /** Returns what is wrong with the books, a sentence each; empty if they balance. */
  List<String> check();

  @Override
  void close();

  /**
   * Where the money is.
   *
   * @param received all that ever arrived
   * @param earned what of it was settled
   * @param owed what of it is still owed to tokens
   */
  record Summary(Amount received, Amount earned, Amount owed) {}
}
