package org.codius.payments.ilp;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/** Makes Rejects. */
public final class Rejects {

  private Rejects() {}

  /** Returns a Reject that names nobody as its origin. */
  public static InterledgerRejectPacket of(InterledgerErrorCode code, String message) {
    return InterledgerRejectPacket.builder().code(code).message(message).build();
  }

  /** Returns a finished answer: what a {@code PacketHandler} returns that need not wait. */
  public static CompletionStage<InterledgerResponsePacket> answer(
      InterledgerErrorCode code, String message) {
    return CompletableFuture.completedStage(of(code, message));
  }
}
