package org.codius.payments;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PaymentSender.Outlays;

/** Keeps no account. */
final class NoOutlays implements Outlays {

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  @Override
  public CompletionStage<Void> leaving(Amount amount) {
    return DONE;
  }

  @Override
  public void paid(Amount amount) {}

  @Override
  public void kept(Amount amount) {}

  @Override
  public void lost(Amount amount) {}
}
