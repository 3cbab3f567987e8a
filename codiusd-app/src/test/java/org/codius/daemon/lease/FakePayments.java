package org.codius.daemon.lease;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentState;
import org.interledger.core.InterledgerAddress;

/**
 * A receiver whose payers do as they are told, and book into a real ledger. The real one, with real
 * packets, has tests of its own.
 */
final class FakePayments implements PaymentReceiver {

  private static final InterledgerAddress ADDRESS = InterledgerAddress.of("test.host.sealed");

  private final Ledger ledger;
  private final Map<PayToken, Payer> payers = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final SecureRandom random = new SecureRandom();
  private volatile CompletableFuture<Void> held = CompletableFuture.completedFuture(null);

  FakePayments(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Opens a payment by somebody who has {@code funds} to answer an invoice for {@code item}. */
  Payer open(PayToken token, String item, Amount price, Amount funds) {
    Payer payer = new Payer(token, item, price, funds);
    payers.put(token, payer);
    return payer;
  }

  /**
   * Lets every payment from now on wait until the returned future is completed, or it is closed.
   */
  CompletableFuture<Void> hold() {
    held = new CompletableFuture<>();
    return held;
  }

  /** Returns how often money was asked for. */
  int asked() {
    return asked.get();
  }

  @Override
  public Asset asset() {
    return new Asset("XRP", 9);
  }

  @Override
  public Invoice invoice(PayToken token, String item, Amount price) {
    return Invoice.of(ADDRESS, new byte[32]);
  }

  @Override
  public Optional<IncomingPayment> find(PayToken token) {
    return Optional.ofNullable(payers.get(token));
  }

  @Override
  public void onReady(Consumer<IncomingPayment> listener) {
    throw new UnsupportedOperationException("leases look for payments, and are not told");
  }

  @Override
  public PaymentState look(PayToken token, String item, Amount price) {
    Payer payer = payers.get(token);
    if ((payer != null && !payer.isFor(item)) || !ledger.isFor(token, item)) {
      return new PaymentState.Mismatched();
    }
    Amount owed = ledger.owed(token);
    if (payer != null) {
      return new PaymentState.Ready(payer.price());
    }
    return covers(owed, price)
        ? new PaymentState.Ready(price)
        : new PaymentState.Missing(owed, invoice(token, item, price));
  }

  @Override
  public CompletionStage<PaymentResult> receive(
      PayToken token, String item, Amount price, Duration timeout) {
    Payer payer = payers.get(token);
    return payer == null
        ? CompletableFuture.completedFuture(new PaymentResult.Underpaid(ledger.owed(token)))
        : payer.receive(timeout);
  }

  /** Books money under a token, and returns what it is owed then. */
  Amount arrive(PayToken token, String item, Amount amount) {
    return ledger
        .receive(token, item, HexFormat.of().toHexDigits(random.nextLong()), amount)
        .toCompletableFuture()
        .join()
        .owed();
  }

  private static boolean covers(Amount owed, Amount price) {
    return owed.baseUnits().compareTo(price.baseUnits()) >= 0;
  }

  @Override
  public void close() {}

  /** Pays what it can when it is asked to. */
  final class Payer implements IncomingPayment {

    private final PayToken token;
    private final String item;
    private final Amount price;
    private UnsignedLong funds; // guarded by this
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private Payer(PayToken token, String item, Amount price, Amount funds) {
      this.token = token;
      this.item = item;
      this.price = price;
      this.funds = funds.baseUnits();
    }

    @Override
    public PayToken token() {
      return token;
    }

    @Override
    public boolean isFor(String otherItem) {
      return item.equals(otherItem);
    }

    @Override
    public Amount price() {
      return price;
    }

    @Override
    public Amount offered() {
      return new Amount(UnsignedLong.MAX_VALUE, price.asset());
    }

    @Override
    public CompletionStage<PaymentResult> receive(Duration timeout) {
      CompletionStage<PaymentResult> result =
          CompletableFuture.anyOf(held, closed).thenApply(any -> take());
      asked.incrementAndGet();
      return result;
    }

    private synchronized PaymentResult take() {
      if (closed.isDone()) {
        return new PaymentResult.Underpaid(ledger.owed(token));
      }
      UnsignedLong missing = price.baseUnits().minus(ledger.owed(token).baseUnits());
      UnsignedLong paid = missing.compareTo(funds) > 0 ? funds : missing;
      funds = funds.minus(paid);
      Amount owed = arrive(token, item, new Amount(paid, price.asset()));
      return covers(owed, price) ? new PaymentResult.Paid(owed) : new PaymentResult.Underpaid(owed);
    }

    @Override
    public PaymentData data() {
      throw new UnsupportedOperationException("leases are sold without data");
    }

    @Override
    public void close() {
      payers.remove(token);
      closed.complete(null);
    }
  }
}
