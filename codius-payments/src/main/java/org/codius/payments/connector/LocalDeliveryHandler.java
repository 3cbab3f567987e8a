package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.ilp.Ildcp;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Answers what is meant for the connector and goes no further: {@code peer.config} with the
 * account's address and asset, any other {@code peer.} address with F02.
 */
record LocalDeliveryHandler(
    Account from, Supplier<InterledgerAddress> connector, Refusals refusals, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (Ildcp.isRequest(prepare) && !from.isParent()) {
      return configuration(prepare);
    }
    if (prepare.getDestination().getValue().startsWith("peer.")) {
      return refusals.answer(InterledgerErrorCode.F02_UNREACHABLE, "unknown peer protocol");
    }
    return next.handle(prepare);
  }

  private CompletionStage<InterledgerResponsePacket> configuration(
      InterledgerPreparePacket prepare) {
    if (!prepare.getAmount().equals(UnsignedLong.ZERO)) {
      return refusals.answer(InterledgerErrorCode.F00_BAD_REQUEST, "asking costs nothing");
    }
    Asset asset = new Asset(from.settings().assetCode(), from.settings().assetScale());
    return CompletableFuture.completedStage(
        Ildcp.response(new Ildcp.Details(connector.get().with(from.name()), asset)));
  }
}
