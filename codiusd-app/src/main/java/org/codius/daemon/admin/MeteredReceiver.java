package org.codius.daemon.admin;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentState;
import org.jspecify.annotations.Nullable;

/** A receiver whose payments are counted, by how they end. */
public final class MeteredReceiver implements PaymentReceiver {

  private final PaymentReceiver receiver;
  private final MeterRegistry registry;

  public MeteredReceiver(PaymentReceiver receiver, MeterRegistry registry) {
    this.receiver = receiver;
    this.registry = registry;
  }

  @Override
  public CompletionStage<PaymentResult> receive(
      PayToken token, String item, Amount price, Duration timeout) {
    // The very stage is returned: whoever cancels it cancels the receiver's.
    CompletionStage<PaymentResult> stage = receiver.receive(token, item, price, timeout);
    stage.whenComplete(
        (result, failure) ->
            registry.counter("codius.payments", "result", nameOf(result, failure)).increment());
    return stage;
  }

  private static String nameOf(PaymentResult result, @Nullable Throwable failure) {
    return failure == null ? result.getClass().getSimpleName() : "Failed";
  }

  @Override
  public Asset asset() {
    return receiver.asset();
  }

  @Override
  public Invoice invoice(PayToken token, String item, Amount price) {
    return receiver.invoice(token, item, price);
  }

  @Override
  public PaymentState look(PayToken token, String item, Amount price) {
    return receiver.look(token, item, price);
  }

  @Override
  public Optional<IncomingPayment> find(PayToken token) {
    return receiver.find(token);
  }

  @Override
  public void onReady(Consumer<IncomingPayment> listener) {
    receiver.onReady(listener);
  }

  @Override
  public void close() {
    receiver.close();
  }
}
