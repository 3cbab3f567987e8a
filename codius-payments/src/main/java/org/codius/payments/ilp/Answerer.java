package org.codius.payments.ilp;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;

/**
 * Who answers the Prepares that arrive at an uplink: one handler at a time, or nobody, which is
 * T00.
 *
 * <p>Safe for use by several threads.
 */
public final class Answerer implements PacketHandler {

  private final AtomicReference<@Nullable PacketHandler> current = new AtomicReference<>();

  /**
   * Has {@code handler} answer.
   *
   * @throws IllegalStateException if another one does already
   */
  public void set(PacketHandler handler) {
    if (!current.compareAndSet(null, requireNonNull(handler, "handler"))) {
      throw new IllegalStateException(
          "answer at an uplink: somebody does already (expected: an uplink for each who answers)");
    }
  }

  /** Has {@code handler} answer no more. Changes nothing if another one does. */
  public void remove(PacketHandler handler) {
    current.compareAndSet(handler, null);
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    PacketHandler handler = current.get();
    return handler == null
        ? Rejects.answer(InterledgerErrorCode.T00_INTERNAL_ERROR, "nobody answers here")
        : handler.handle(prepare);
  }

  @Override
  public void sent(InterledgerResponsePacket response) {
    PacketHandler handler = current.get();
    if (handler != null) {
      handler.sent(response);
    }
  }
}
