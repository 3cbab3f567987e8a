package org.codius.payments.connector;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/** Makes the Rejects of a connector, which name it as their origin. */
record Refusals(InterledgerAddress connector) {

  InterledgerRejectPacket of(InterledgerErrorCode code, String message, byte... data) {
    return InterledgerRejectPacket.builder()
        .code(code)
        .triggeredBy(connector)
        .message(message)
        .data(data)
        .build();
  }

  CompletionStage<InterledgerResponsePacket> answer(
      InterledgerErrorCode code, String message, byte... data) {
    return CompletableFuture.completedStage(of(code, message, data));
  }
}
