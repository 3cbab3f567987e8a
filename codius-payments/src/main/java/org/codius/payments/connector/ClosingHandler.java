package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * T99 while we close.
 *
 * <p>A final code, or none, would make the original's clients give up their STREAM connection.
 */
record ClosingHandler(BooleanSupplier isClosing, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (isClosing.getAsBoolean()) {
      return refusals.answer(InterledgerErrorCode.T99_APPLICATION_ERROR, "shutting down");
    }
    return next.handle(prepare);
  }
}
