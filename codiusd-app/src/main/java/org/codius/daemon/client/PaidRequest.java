package org.codius.daemon.client;

import com.google.common.base.Throwables;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentSender;
import org.codius.payments.PaymentSender.OutgoingPayment;

/**
 * A request that is answered after it was paid for: sent, answered 402 with an invoice, paid over
 * STREAM, sent again.
 *
 * <p>The host writes to the stream when it is ready for the second request, and only then asks for
 * the money.
 */
final class PaidRequest {

  /** Refusals that pass by themselves; the same token can be used again. */
  private static final Set<String> PASSING =
      Set.of("HOST_BUSY", "HOST_STARTING", "IMAGE_STILL_PULLING", "START_TOO_SLOW");

  private static final Duration FAREWELL = Duration.ofSeconds(3);

  private final HostClient host;
  private final String method;
  private final String path;
  private final String body;
  private final BuyerTimeouts timeouts;
  private final Consumer<String> progress;
  private boolean wasPaymentOpened;

  PaidRequest(
      HostClient host,
      String method,
      String path,
      String body,
      BuyerTimeouts timeouts,
      Consumer<String> progress) {
    this.host = host;
    this.method = method;
    this.path = path;
    this.body = body;
    this.timeouts = timeouts;
    this.progress = progress;
  }

  /**
   * The host's last answer.
   *
   * @param sent what went out, over all attempts
   * @param wasPaid whether a payment was opened at all
   */
  record Outcome(HostAnswer answer, Amount sent, boolean wasPaid) {}

  /**
   * Sends the request, pays, sends it again; from the start again while the host asks for patience.
   *
   * @param limit what may be sent at most, over all attempts
   */
  Outcome send(
      PayToken token, Supplier<PaymentSender> wallet, Function<PaymentSender, Amount> limit) {
    long deadline = System.nanoTime() + timeouts.attempts().toNanos();
    Amount most = limit.apply(wallet.get());
    Amount sent = Amount.zero(most.asset());
    while (true) {
      Outcome outcome = attempt(token, wallet.get(), minus(most, sent));
      sent = plus(sent, outcome.sent());
      HostAnswer answer = outcome.answer();
      if (!isPassing(outcome) || System.nanoTime() + timeouts.pause().toNanos() > deadline) {
        return new Outcome(answer, sent, outcome.wasPaid());
      }
      progress.accept("trying again: " + answer.message());
      pause(timeouts.pause());
    }
  }

  /** Returns whether money may have gone out, however it ended. */
  boolean wasPaymentOpened() {
    return wasPaymentOpened;
  }

  /** Returns whether the same may succeed later under the same token. */
  private static boolean isPassing(Outcome outcome) {
    HostAnswer answer = outcome.answer();
    // Without a payment of ours, a 402 that asks for none: the host still waits for the payment of
    // a run that was broken off. Once it has given that up, it asks for a new one.
    boolean isHaunted =
        answer.status() == 402 && !outcome.wasPaid() && answer.payHeader().isEmpty();
    return isHaunted || (answer.status() == 503 && PASSING.contains(answer.code()));
  }

  private Outcome attempt(PayToken token, PaymentSender wallet, Amount most) {
    progress.accept("sending the request");
    HostAnswer first = host.send(method, path, body, token, timeouts.purchase());
    if (first.status() != 402 || first.payHeader().isEmpty()) {
      return new Outcome(first, Amount.zero(most.asset()), false);
    }
    Invoice invoice =
        first
            .payHeader()
            .flatMap(Invoice::parse)
            .orElseThrow(() -> host.refused("pay " + host.host(), first));
    progress.accept("opening a payment");
    wasPaymentOpened = true;
    OutgoingPayment payment =
        await(wallet.open(invoice, most), timeouts.payment(), "open a payment to " + host.host());
    HostAnswer answer;
    try {
      await(payment.ready(), timeouts.payment(), "wait for " + host.host() + " to take a payment");
      progress.accept("waiting for the pod, then paying");
      answer = host.send(method, path, body, token, timeouts.purchase());
    } finally {
      end(payment);
    }
    // Only now: the answer may overtake the last Fulfill.
    return new Outcome(answer, payment.sent(), true);
  }

  /** A host that has not heard of the end would take the next request for this payment's. */
  private static void end(OutgoingPayment payment) {
    payment.close();
    try {
      payment.ended().toCompletableFuture().get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // It does not matter unless we come again, and then the host will say so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static <T> T await(CompletionStage<T> stage, Duration timeout, String action) {
    try {
      return stage.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = Throwables.getRootCause(e);
      String reason = cause instanceof PaymentException ? cause.getMessage() : cause.toString();
      throw new ClientException(
          action + ": " + reason,
          "The host and your connector must reach each other over Interledger: is --uplink right?",
          e);
    } catch (TimeoutException e) {
      throw new ClientException(
          action + ": no success within " + timeout.toSeconds() + " s",
          "Run the same command again: nothing is paid twice.",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientException(action + ": interrupted", "", e);
    }
  }

  private static void pause(Duration duration) {
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClientException("interrupted", "Run the same command again to go on.", e);
    }
  }

  private static Amount plus(Amount a, Amount b) {
    return new Amount(a.baseUnits().plus(b.baseUnits()), a.asset());
  }

  private static Amount minus(Amount a, Amount b) {
    return a.baseUnits().compareTo(b.baseUnits()) <= 0
        ? Amount.zero(a.asset())
        : new Amount(a.baseUnits().minus(b.baseUnits()), a.asset());
  }
}
