package org.codius.payments.connector;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.ilp.Ildcp;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Answers what is meant for us and goes no further: {@code peer.config} with the account's address
 * and asset, any other {@code peer.} address with F02.
 */
record PeerHandler(Account from, Refusals refusals, PacketHandler next) implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (Ildcp.isRequest(prepare)) {
      Asset asset = new Asset(from.settings().assetCode(), from.settings().assetScale());
      return CompletableFuture.completedStage(
          Ildcp.response(new Ildcp.Details(from.address(), asset)));
    }
    if (prepare.getDestination().getValue().startsWith("peer.")) {
      return refusals.answer(InterledgerErrorCode.F02_UNREACHABLE, "unknown peer protocol");
    }
    return next.handle(prepare);
  }
}
