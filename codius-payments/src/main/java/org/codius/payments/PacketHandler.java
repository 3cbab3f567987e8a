package org.codius.payments;

import java.util.concurrent.CompletionStage;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** Takes a Prepare and answers it with a Fulfill or a Reject. One rule, one handler. */
@FunctionalInterface
public interface PacketHandler {

  /** Never fails: whatever goes wrong is a Reject. */
  CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare);
}
