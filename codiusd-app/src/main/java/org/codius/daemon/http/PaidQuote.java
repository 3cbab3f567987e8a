package org.codius.daemon.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentReceiver.IncomingPayment;

/**
 * {@code OPTIONS /pods} as the original's last version has it: answered once a payment of nothing
 * is open, so that the client has learned over STREAM what asset the price is in.
 */
final class PaidQuote implements Endpoint {

  /** What is sealed into the address: a payment of nothing buys nothing else. */
  private static final String ITEM = "quote";

  private final Endpoint quote;
  private final PaymentReceiver receiver;

  /**
   * @param quote tells the price
   */
  PaidQuote(Endpoint quote, PaymentReceiver receiver) {
    this.quote = quote;
    this.receiver = receiver;
  }

  @Override
  public ApiResponse respond(ApiRequest request) throws InterruptedException {
    ApiResponse price = quote.respond(request); // nobody pays for a no
    PayToken token = PodQuery.payToken(request);
    Optional<IncomingPayment> payment = receiver.find(token);
    if (payment.isPresent() && payment.get().isFor(ITEM)) {
      return price;
    }
    if (payment.isPresent()) {
      throw new ApiException(
          HttpResponseStatus.CONFLICT,
          "this Pay-Token is for something else",
          "PAY_TOKEN_MISMATCH",
          "Use a new Pay-Token for each request that is paid for.");
    }
    Invoice invoice = receiver.invoice(token, ITEM, Amount.zero(receiver.asset()));
    return PodsEndpoint.paymentRequired(Amount.zero(receiver.asset()), invoice);
  }
}
