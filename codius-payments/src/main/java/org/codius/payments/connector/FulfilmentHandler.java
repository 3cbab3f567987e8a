package org.codius.payments.connector;

import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a Fulfill that does not hash to the condition into F05, and one that is late into R00: the
 * sender would not pay for either.
 */
record FulfilmentHandler(InstantSource clock, Account to, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  private static final Logger log = LoggerFactory.getLogger(FulfilmentHandler.class);

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return next.handle(prepare).thenApply(response -> check(prepare, response));
  }

  private InterledgerResponsePacket check(
      InterledgerPreparePacket prepare, InterledgerResponsePacket response) {
    if (!(response instanceof InterledgerFulfillPacket fulfill)) {
      return response;
    }
    if (!fulfill.getFulfillment().validateCondition(prepare.getExecutionCondition())) {
      log.warn("wrong fulfilment account={}", to.settings().accountId());
      return refusals.of(InterledgerErrorCode.F05_WRONG_CONDITION, "wrong fulfilment");
    }
    if (!clock.instant().isBefore(prepare.getExpiresAt())) {
      log.warn("late fulfilment account={}", to.settings().accountId());
      return refusals.of(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "fulfilled too late");
    }
    return response;
  }
}
