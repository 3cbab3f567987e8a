package org.codius.payments.connector;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Makes the Rejects of a connector, which name it as their origin.
 *
 * @param connector its address, which may be another after its parent came back
 */
record Refusals(Supplier<InterledgerAddress> connector) {

  InterledgerRejectPacket of(InterledgerErrorCode code, String message, byte... data) {
    return InterledgerRejectPacket.builder()
        .code(code)
        .triggeredBy(connector.get())
        .message(message)
        .data(data)
        .build();
  }

  CompletionStage<InterledgerResponsePacket> answer(
      InterledgerErrorCode code, String message, byte... data) {
    return CompletableFuture.completedStage(of(code, message, data));
  }
}
