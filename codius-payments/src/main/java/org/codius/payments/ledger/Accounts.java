package org.codius.payments.ledger;

import org.codius.payments.PayToken;

/** The names of the accounts, and the references, that the ledger itself writes. */
final class Accounts {

  /**
   * Where money comes from and goes to. Below zero by what it brought, as its peer owes us that.
   */
  static final String UPLINK = "uplink";

  /** What was earned. */
  static final String REVENUE = "revenue";

  static final String OWED_PREFIX = "owed:";
  static final String REFUND_PREFIX = "refund:";
  static final String LEAVING_PREFIX = "leaving:";

  /** What the reference of an entry begins with that books a packet. */
  static final String PACKET_PREFIX = "packet:";

  /** What the reference of an entry begins with that settles a purpose. */
  static final String SETTLE_PREFIX = "settle:";

  private Accounts() {}

  /** What a token is owed. */
  static String owed(PayToken token) {
    return OWED_PREFIX + token.hex();
  }

  /** What was set aside of it, to be paid back. */
  static String refund(PayToken token) {
    return REFUND_PREFIX + token.hex();
  }

  /** What of that is on its way, so that it may have arrived or not. */
  static String leaving(PayToken token) {
    return LEAVING_PREFIX + token.hex();
  }
}
