package org.codius.payments;

import java.util.concurrent.CompletionStage;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** Takes a Prepare and answers it with a Fulfill or a Reject. One rule, one handler. */
@FunctionalInterface
public interface PacketHandler {

  /** Never fails: whatever goes wrong is a Reject. */
  CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare);

  /**
   * Learns that an answer has left: the operating system has it, or who asked if that was in this
   * process. Not called for an answer that was lost with its connection. Does not block.
   *
   * @param response the very object {@link #handle} completed with
   */
  default void sent(InterledgerResponsePacket response) {}
}
