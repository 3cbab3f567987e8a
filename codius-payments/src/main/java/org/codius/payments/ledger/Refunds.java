package org.codius.payments.ledger;

import java.sql.SQLException;
import org.codius.payments.PayToken;
import org.codius.payments.ledger.Entry.Kind;

/**
 * How money that is owed to a token goes back: set aside, then on its way, then paid or set aside
 * again, and at the end owed again if it did not go.
 */
final class Refunds {

  private Refunds() {}

  /** Sets aside what is owed, and returns what is set aside. */
  static long begin(Books books, PayToken token) throws SQLException {
    String aside = Accounts.refund(token);
    long owed = books.balance(Accounts.owed(token));
    if (owed > 0) {
      move(books, Kind.SET_ASIDE, Accounts.owed(token), aside, owed);
    }
    if (books.balance(aside) <= 0) {
      throw new IllegalStateException("refund " + token + ": nothing is owed to it");
    }
    return books.balance(aside);
  }

  static long leave(Books books, PayToken token, long units) throws SQLException {
    String aside = Accounts.refund(token);
    requireCovered(books, token, aside, units);
    return move(books, Kind.LEAVE, aside, Accounts.leaving(token), units);
  }

  static long pay(Books books, PayToken token, long units) throws SQLException {
    String leaving = Accounts.leaving(token);
    requireCovered(books, token, leaving, units);
    return move(books, Kind.PAY_BACK, leaving, Accounts.UPLINK, units);
  }

  static long keep(Books books, PayToken token, long units) throws SQLException {
    String leaving = Accounts.leaving(token);
    requireCovered(books, token, leaving, units);
    return move(books, Kind.COME_BACK, leaving, Accounts.refund(token), units);
  }

  /** Owes again what is set aside, and returns it. */
  static long end(Books books, PayToken token) throws SQLException {
    String aside = Accounts.refund(token);
    long rest = books.balance(aside);
    if (rest > 0) {
      move(books, Kind.OWE_AGAIN, aside, Accounts.owed(token), rest);
    }
    return rest;
  }

  private static void requireCovered(Books books, PayToken token, String account, long units)
      throws SQLException {
    long there = books.balance(account);
    if (there < units) {
      throw new IllegalStateException(
          "refund %d base units of %s: only %d are there".formatted(units, token, there));
    }
  }

  private static long move(Books books, Kind kind, String source, String target, long units)
      throws SQLException {
    return books.move(kind, source, target, units, null, null);
  }
}
