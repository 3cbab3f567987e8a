package org.codius.payments.connector;

import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** Has play money put into the account first, where there is too little for the packet. */
record FaucetHandler(Account from, Faucet faucet, PacketHandler next) implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return faucet.fill(from, prepare.getAmount()).thenCompose(filled -> next.handle(prepare));
  }
}
