package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * T04 for an account that cannot pay; from any other the amount is held, and given back on a
 * Reject.
 *
 * <p>T00 if the books failed after the next one had fulfilled. What was held stays so: the money is
 * gone, and must not be spent again.
 */
record BalanceHandler(Account from, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  private static final Logger log = LoggerFactory.getLogger(BalanceHandler.class);

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (!from.balance().hold(prepare.getAmount())) {
      return refusals.answer(
          InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY, "the account's credit is used up");
    }
    return next.handle(prepare).handle((response, failure) -> settle(prepare, response, failure));
  }

  private InterledgerResponsePacket settle(
      InterledgerPreparePacket prepare,
      @Nullable InterledgerResponsePacket response,
      @Nullable Throwable failure) {
    if (response == null) {
      log.error(
          "not booked account={} amount={}",
          from.settings().accountId(),
          prepare.getAmount(),
          failure);
      return refusals.of(InterledgerErrorCode.T00_INTERNAL_ERROR, "internal error");
    }
    if (response instanceof InterledgerRejectPacket) {
      from.balance().add(prepare.getAmount());
    }
    return response;
  }
}
