package org.codius.payments.connector;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * T01 for a local child that is not connected, since any may come; F02 for a destination that is no
 * account's, or that the parent would send back to itself; any other packet goes on, by the rules
 * towards its account.
 */
record ForwardHandler(
    Account from, Routes routes, Refusals refusals, Function<Account, PacketHandler> towards)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    Optional<Account> to = routes.find(prepare.getDestination());
    if (to.isEmpty() && routes.isOfLocalChild(prepare.getDestination())) {
      return refusals.answer(
          InterledgerErrorCode.T01_PEER_UNREACHABLE, "the account is not connected");
    }
    if (to.isEmpty() || (to.get().isParent() && from.isParent())) {
      return refusals.answer(
          InterledgerErrorCode.F02_UNREACHABLE,
          "no route to " + prepare.getDestination().getValue());
    }
    return towards.apply(to.get()).handle(prepare);
  }
}
