package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** T05 for an account that sends more packets than it may. */
record RateHandler(Account from, Refusals refusals, PacketHandler next) implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (!from.rate().take()) {
      return refusals.answer(InterledgerErrorCode.T05_RATE_LIMITED, "too many packets");
    }
    return next.handle(prepare);
  }
}
