package org.codius.payments.connector;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Passes a packet on with less time than we have ourselves, so that a Fulfill at the last moment
 * still reaches the sender in time. R02 if too little were left.
 *
 * @param window what is taken off, and the least that must be left
 * @param maximumHold the most that is left
 */
record ExpiryReductionHandler(
    InstantSource clock,
    Duration window,
    Duration maximumHold,
    Refusals refusals,
    PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    Instant now = clock.instant();
    Instant reduced = prepare.getExpiresAt().minus(window);
    Instant latest = now.plus(maximumHold);
    Instant expiry = reduced.isBefore(latest) ? reduced : latest;
    if (expiry.isBefore(now.plus(window))) {
      return refusals.answer(
          InterledgerErrorCode.R02_INSUFFICIENT_TIMEOUT, "too little time left to pass it on");
    }
    return next.handle(InterledgerPreparePacket.builder().from(prepare).expiresAt(expiry).build());
  }
}
