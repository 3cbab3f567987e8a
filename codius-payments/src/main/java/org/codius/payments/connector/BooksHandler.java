package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * Writes down what a Fulfill moved from one account to the other, and passes it back once that is
 * durable.
 *
 * <p>If it cannot be written the answer fails, as the connector owes the next one that money and
 * could not show that the sender spent it.
 */
record BooksHandler(Account from, Account to, Balances balances, PacketHandler next)
    implements PacketHandler {

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return next.handle(prepare)
        .thenCompose(
            response ->
                response instanceof InterledgerFulfillPacket
                        && !prepare.getAmount().equals(UnsignedLong.ZERO)
                    ? balances
                        .move(from, to, prepare.getAmount())
                        .<InterledgerResponsePacket>thenApply(written -> response)
                    : CompletableFuture.completedStage(response));
  }
}
