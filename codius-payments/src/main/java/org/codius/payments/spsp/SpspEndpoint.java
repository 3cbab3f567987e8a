package org.codius.payments.spsp;

import static java.util.Objects.requireNonNull;

import com.google.common.primitives.UnsignedLong;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;

/**
 * Answers the queries to an SPSP endpoint (RFC 9), whatever HTTP server they come through, and
 * takes what is paid, as much as the payer likes.
 *
 * <p>Each query gets an address and a secret of its own, and its money a token of its own in the
 * ledger. A query costs no state. Safe for use by several threads.
 */
public final class SpspEndpoint {

  private static final String ITEM = "spsp";

  /** A payer leaves or falls silent long before. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  private final PaymentReceiver receiver;
  private final RandomGenerator random;
  private final BiConsumer<PayToken, Amount> onPaid;

  private SpspEndpoint(
      PaymentReceiver receiver, RandomGenerator random, BiConsumer<PayToken, Amount> onPaid) {
    this.receiver = receiver;
    this.random = random;
    this.onPaid = onPaid;
  }

  /**
   * An answer for the HTTP server to send.
   *
   * @param headers by name
   * @param body JSON in UTF-8
   */
  public record Answer(int status, Map<String, String> headers, String body) {

    public Answer {
      headers = Map.copyOf(headers);
    }

    /** Leaves the body out: it has the secret. */
    @Override
    public String toString() {
      return "Answer[" + status + "]";
    }
  }

  /**
   * Starts to take payments that answer this endpoint's queries.
   *
   * @param receiver whose {@link PaymentReceiver#onReady} this takes
   * @param random of the tokens; a secure one
   * @param onPaid is told, after each payment that brought anything, under which token how much is
   *     owed in the ledger now: the place to settle it. Called on a worker
   */
  public static SpspEndpoint start(
      PaymentReceiver receiver, RandomGenerator random, BiConsumer<PayToken, Amount> onPaid) {
    SpspEndpoint endpoint =
        new SpspEndpoint(
            requireNonNull(receiver, "receiver"),
            requireNonNull(random, "random"),
            requireNonNull(onPaid, "onPaid"));
    receiver.onReady(endpoint::take);
    return endpoint;
  }

  /**
   * Returns the answer to a request.
   *
   * @param method {@code GET}; anything else is answered 405
   * @param query what follows the question mark, or empty; RFC 9 has any refused with 400
   */
  public Answer answer(String method, String query) {
    if (!method.equals("GET")) {
      return refusal(405, "MethodNotAllowedError", "An SPSP endpoint is asked with GET.");
    }
    if (!query.isEmpty()) {
      return refusal(400, "InvalidRequestError", "An SPSP request has no query parameters.");
    }
    Invoice invoice =
        receiver.invoice(
            PayToken.random(random), ITEM, new Amount(UnsignedLong.MAX_VALUE, receiver.asset()));
    return new Answer(
        200,
        headers(),
        "{\"destination_account\":\""
            + invoice.destination().getValue()
            + "\",\"shared_secret\":\""
            + invoice.secret()
            + "\"}");
  }

  private void take(IncomingPayment payment) {
    if (!payment.isFor(ITEM)) {
      return;
    }
    payment
        .receive(PATIENCE)
        .thenAccept(
            result -> {
              Amount received = received(result);
              if (!received.baseUnits().equals(UnsignedLong.ZERO)) {
                onPaid.accept(payment.token(), received);
              }
            });
  }

  private Amount received(PaymentResult result) {
    if (result instanceof PaymentResult.Paid paid) {
      return paid.amount();
    }
    return result instanceof PaymentResult.Underpaid all
        ? all.received() // of all there is, as everything is
        : Amount.zero(receiver.asset());
  }

  private static Answer refusal(int status, String id, String message) {
    return new Answer(status, headers(), "{\"id\":\"" + id + "\",\"message\":\"" + message + "\"}");
  }

  /** The secret is for this client alone, so the answer is for no cache. */
  private static Map<String, String> headers() {
    return Map.of("Content-Type", SpspClient.CONTENT_TYPE, "Cache-Control", "no-cache");
  }
}
