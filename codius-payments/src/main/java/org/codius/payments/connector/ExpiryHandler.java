package org.codius.payments.connector;

import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** R00 for a packet that has expired. */
record ExpiryHandler(InstantSource clock, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (!clock.instant().isBefore(prepare.getExpiresAt())) {
      return refusals.answer(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "expired on arrival");
    }
    return next.handle(prepare);
  }
}
