package org.codius.payments.btp;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;

/** Our account with a parent, over BTP. */
public final class BtpUplink {

  private BtpUplink() {}

  /**
   * Connects, authenticates, and asks the parent for our address and asset (IL-DCP).
   *
   * <p>Fails with a {@link PaymentException} if the first attempt does. Once connected, a lost link
   * comes back by itself until the uplink is closed.
   *
   * @param group runs the connection; the caller closes it, after the uplink
   */
  public static CompletionStage<Uplink> connect(BtpUplinkConfig config, EventLoopGroup group) {
    return CompletableFuture.failedFuture(new PaymentException("connect: under construction"));
  }
}
