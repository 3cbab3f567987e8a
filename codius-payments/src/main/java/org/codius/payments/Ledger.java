package org.codius.payments;

import java.math.BigInteger;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/**
 * The books: double entry, append-only, one asset.
 *
 * <p>Money that arrives is owed to the token it came under until it is settled against what was
 * delivered for it, or paid back. What returns a stage does not block, and what it writes is on
 * disk when the stage completes; it fails with a {@link PaymentException} if nothing was written.
 * The other calls block; do not make them on an event loop. Safe for use by several threads.
 */
public interface Ledger extends AccountBooks, AutoCloseable {

  /** Returns what amounts are counted in here. */
  Asset asset();

  /**
   * Books {@code amount} as arrived under {@code token}.
   *
   * <p>Fails too if {@code packet} was booked before, and if the token is still owed money for
   * another item.
   *
   * @param item what the money is for, in whatever words; a token's money is for one item
   * @param packet names the packet as no other, also after a restart. Packets that follow each
   *     other cost least if only the ends of their names differ
   */
  CompletionStage<Receipt> receive(PayToken token, String item, String packet, Amount amount);

  /**
   * Notes that a packet's Fulfill is on its way, so that its sender has paid for it. What was
   * booked and not confirmed when the process died is marked unconfirmed by {@link #recover}.
   */
  void confirm(Receipt receipt);

  /**
   * Marks as unconfirmed what an earlier run booked and did not {@link #confirm}. To be called once
   * by who receives, before the first {@link #receive}.
   */
  void recover();

  /** Returns what is owed to {@code token}. */
  Amount owed(PayToken token);

  /** Returns whether what is owed to {@code token} is for {@code item}; true if nothing is. */
  boolean isFor(PayToken token, String item);

  /** Returns every token that is owed something, or whose refund was broken off, by token. */
  List<Debt> debts();

  /**
   * Turns {@code price} of what is owed to {@code token} into income, once per {@code purpose}: a
   * second call with the same purpose changes nothing.
   *
   * <p>Fails with an {@link IllegalStateException} if less than {@code price} is owed.
   *
   * @param purpose names what was delivered, uniquely
   */
  CompletionStage<Void> settle(PayToken token, String purpose, Amount price);

  /**
   * Sets aside all that is owed to {@code token}, to be paid back, and returns what is set aside
   * now: that includes what a refund left that was broken off.
   *
   * <p>Fails with an {@link IllegalStateException} if that is nothing.
   */
  CompletionStage<Amount> beginRefund(PayToken token);

  /**
   * Books that {@code amount} of what was set aside is about to leave. What becomes of it says
   * {@link #refundPaid} or {@link #refundKept}; until then it may have arrived or not.
   *
   * <p>Fails with an {@link IllegalStateException} if less is set aside.
   */
  CompletionStage<Void> refundLeaving(PayToken token, Amount amount);

  /**
   * Books that {@code amount} of what was leaving has left.
   *
   * <p>Fails with an {@link IllegalStateException} if less was leaving.
   */
  CompletionStage<Void> refundPaid(PayToken token, Amount amount);

  /**
   * Books that {@code amount} of what was leaving has not left: it is set aside again.
   *
   * <p>Fails with an {@link IllegalStateException} if less was leaving.
   */
  CompletionStage<Void> refundKept(PayToken token, Amount amount);

  /** Ends a refund: what is set aside is owed again. What is leaving stays as it is. */
  CompletionStage<Void> endRefund(PayToken token);

  /**
   * Returns the balances of a connector's accounts whose names begin with {@code prefix}, by name;
   * those of zero are left out. A positive one is what its owner has with us.
   */
  SortedMap<String, BigInteger> balances(String prefix);

  /** Returns the sums over all entries. */
  Summary summary();

  /** Returns what is wrong with the books, a sentence each; empty if they are in order. */
  List<String> check();

  /** Writes what was handed over, then closes. */
  @Override
  void close();

  /**
   * A packet's entry.
   *
   * @param entry its number
   * @param owed what the token was owed with it
   */
  record Receipt(long entry, Amount owed) {}

  /**
   * What a token is owed.
   *
   * @param setAside what of its money a refund is to pay back that has not ended
   * @param leaving what of its money was on its way back when that was broken off, or is now: it
   *     may have arrived or not
   */
  record Debt(PayToken token, Amount owed, Amount setAside, Amount leaving) {}

  /**
   * Where the money is.
   *
   * @param received all that ever arrived
   * @param earned what of it was settled
   * @param owed what of it is still owed to tokens, set aside or leaving or neither
   * @param refunded what of it was paid back
   * @param unconfirmed how many packets were booked though their senders may not have paid for
   *     them, since the process died before it knew
   */
  record Summary(Amount received, Amount earned, Amount owed, Amount refunded, long unconfirmed) {}
}
