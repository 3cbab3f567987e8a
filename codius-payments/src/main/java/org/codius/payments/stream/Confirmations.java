package org.codius.payments.stream;

import com.google.common.collect.MapMaker;
import java.util.Map;
import org.codius.payments.Ledger;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Confirms what was booked once the Fulfill for it has left.
 *
 * <p>Until then it is known by that Fulfill, and forgotten with it: one that is lost on the way out
 * stays unconfirmed. Safe for use by several threads.
 */
final class Confirmations {

  private final Ledger ledger;

  /** By identity, as the keys are weak. */
  private final Map<InterledgerResponsePacket, Ledger.Receipt> expected =
      new MapMaker().weakKeys().makeMap();

  Confirmations(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Notes what is to be confirmed once {@code fulfill} has left. */
  void expect(InterledgerResponsePacket fulfill, Ledger.Receipt receipt) {
    expected.put(fulfill, receipt);
  }

  /** Learns that an answer, of whatever kind, has left. */
  void sent(InterledgerResponsePacket response) {
    Ledger.Receipt receipt = expected.remove(response);
    if (receipt != null) {
      ledger.confirm(receipt);
    }
  }
}
