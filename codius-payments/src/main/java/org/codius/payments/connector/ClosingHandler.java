package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * T99 while we close, and a count of what is under way, which is answered first.
 *
 * <p>A final code, or none, would make the original's clients give up their STREAM connection.
 */
record ClosingHandler(Closing closing, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (!closing.enter()) {
      return refusals.answer(InterledgerErrorCode.T99_APPLICATION_ERROR, "shutting down");
    }
    return next.handle(prepare).whenComplete((response, e) -> closing.leave());
  }
}
