package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * T04 for an account that cannot pay; from any other the amount is held, and goes to the next one
 * on Fulfill and back on anything else.
 */
record BalanceHandler(Account from, Account to, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (!from.balance().hold(prepare.getAmount())) {
      return refusals.answer(
          InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY, "the account's credit is used up");
    }
    return next.handle(prepare)
        .whenComplete(
            (response, failure) -> {
              Account receiver = response instanceof InterledgerFulfillPacket ? to : from;
              receiver.balance().add(prepare.getAmount());
            });
  }
}
