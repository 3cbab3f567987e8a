package org.codius.daemon.cli;

import java.util.function.Supplier;
import org.codius.daemon.client.Wallet;
import org.codius.payments.PaymentSender;
import org.jspecify.annotations.Nullable;

/** A wallet that is opened when it is first needed. Confined to one thread. */
final class LazyWallet implements Supplier<PaymentSender>, AutoCloseable {

  private final Supplier<Wallet> opener;
  private @Nullable Wallet wallet;

  LazyWallet(Supplier<Wallet> opener) {
    this.opener = opener;
  }

  @Override
  public PaymentSender get() {
    Wallet open = wallet;
    if (open == null) {
      open = opener.get();
      wallet = open;
    }
    return open.sender();
  }

  @Override
  public void close() {
    if (wallet != null) {
      wallet.close();
    }
  }
}
