package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * F08 for a packet above the account's largest amount.
 *
 * <p>The reject's data are the amount that came and the largest allowed, 8 bytes each: STREAM
 * senders choose their packet size by it.
 */
record MaximumPacketHandler(Account from, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    UnsignedLong maximum = from.settings().maximumPacketAmount().orElse(UnsignedLong.MAX_VALUE);
    if (prepare.getAmount().compareTo(maximum) > 0) {
      byte[] data =
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(prepare.getAmount().longValue())
              .putLong(maximum.longValue())
              .array();
      return refusals.answer(
          InterledgerErrorCode.F08_AMOUNT_TOO_LARGE, "packet amount above maximum", data);
    }
    return next.handle(prepare);
  }
}
