package org.codius.daemon.lease;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.codius.daemon.lease.PodKeeper.Started;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Manifest;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the money for a pod that is up, and makes it the buyer's.
 *
 * <p>The calls block. Safe for use by several threads.
 */
final class Checkout {

  private static final Logger log = LoggerFactory.getLogger(Checkout.class);

  /** The least time a payment is given. With less left, no money is asked for. */
  private static final Duration PAYMENT_TIME = Duration.ofSeconds(10);

  /** The most it is given at first: those who pay do at once, and others wait for the place. */
  private static final Duration PAYMENT_LIMIT = Duration.ofSeconds(20);

  private final LeaseStore store;
  private final Revival revival;
  private final PaymentReceiver receiver;
  private final Ledger ledger;
  private final Management management;
  private final InstantSource clock;

  Checkout(
      LeaseStore store,
      Revival revival,
      PaymentReceiver receiver,
      Ledger ledger,
      Management management,
      InstantSource clock) {
    this.store = store;
    this.revival = revival;
    this.receiver = receiver;
    this.ledger = ledger;
    this.management = management;
    this.clock = clock;
  }

  /** Takes {@code price} and sells the pod for it. */
  PurchaseResult sell(
      Order order,
      PayToken token,
      Amount price,
      Caller caller,
      Tenancy tenancy,
      Started started,
      Deadline deadline)
      throws InterruptedException {
    PaymentResult paid = take(price, token, order, caller, tenancy.patience(deadline));
    if (paid instanceof PaymentResult.Underpaid underpaid) {
      return new Underpaid(
          underpaid.received(), price, receiver.invoice(token, order.item(), price));
    }
    return commit(order, tenancy, token, price, started);
  }

  /** Returns what the token bought before. */
  Bought answerAgain(Purchase purchase, Order order) {
    if (!purchase.item().equals(order.item())) {
      throw Refusals.tokenMismatch();
    }
    return new Bought(purchase, ledger.owed(purchase.token()));
  }

  /** Lets the client pay until the ledger holds the price, or time is up. */
  private PaymentResult take(
      Amount price, PayToken token, Order order, Caller caller, Deadline deadline)
      throws InterruptedException {
    Amount owed = ledger.owed(token);
    if (owed.baseUnits().compareTo(price.baseUnits()) >= 0) {
      return new PaymentResult.Paid(owed); // on an earlier attempt
    }
    if (!caller.isThere()) {
      throw Refusals.callerGone();
    }
    if (deadline.remaining().compareTo(PAYMENT_TIME) < 0) {
      throw Refusals.tooSlow("it took so long that no time was left to pay");
    }
    CompletionStage<PaymentResult> receiving =
        receiver.receive(token, order.item(), price, deadline.remaining());
    // Who leaves pays no more: what has arrived by then is kept under the token.
    CompletableFuture<Void> hangingUp =
        caller.left().thenRun(() -> endPayment(token)).toCompletableFuture();
    PaymentResult result;
    try {
      result = await(receiving, token, owed, price, deadline);
    } finally {
      hangingUp.cancel(false);
    }
    if (result instanceof PaymentResult.Underpaid && caller.isThere()) {
      endPayment(token); // else a JavaScript payer tries for minutes to send the rest
    }
    if (result instanceof PaymentResult.TooLow tooLow) {
      throw Refusals.tooLow(tooLow.offered(), price);
    }
    if (result instanceof PaymentResult.Mismatched) {
      throw Refusals.tokenMismatch();
    }
    return result;
  }

  /**
   * Waits for a payment as long as it is on its way. It is asked for once: to stop taking it and
   * begin again would make the payer pause.
   *
   * @param before what was owed when this turn began
   */
  private PaymentResult await(
      CompletionStage<PaymentResult> receiving,
      PayToken token,
      Amount before,
      Amount price,
      Deadline deadline)
      throws InterruptedException {
    try {
      return deadline.within(PAYMENT_LIMIT).await(receiving);
    } catch (TimeoutException e) {
      Amount owed = ledger.owed(token);
      return isPaidInTime(before, owed, price, deadline)
          ? await(receiving, token, owed, price, deadline)
          : new PaymentResult.Underpaid(owed);
    }
  }

  /** Whether the price is there by the deadline, at the pace of the last {@link #PAYMENT_LIMIT}. */
  private static boolean isPaidInTime(Amount before, Amount owed, Amount price, Deadline deadline) {
    BigInteger came = bigInteger(owed).subtract(bigInteger(before));
    BigInteger missing = bigInteger(price).subtract(bigInteger(owed));
    BigInteger yet = came.multiply(BigInteger.valueOf(deadline.remaining().toMillis()));
    return !deadline.hasPassed()
        && missing.multiply(BigInteger.valueOf(PAYMENT_LIMIT.toMillis())).compareTo(yet) <= 0;
  }

  private static BigInteger bigInteger(Amount amount) {
    return amount.baseUnits().bigIntegerValue();
  }

  private void endPayment(PayToken token) {
    receiver.find(token).ifPresent(IncomingPayment::close);
  }

  /** Makes the purchase final, books its money, and then opens the pod. */
  private Bought commit(Order order, Tenancy tenancy, PayToken token, Amount price, Started started)
      throws InterruptedException {
    ManifestHash hash = order.manifestHash();
    tenancy.lock();
    try {
      Optional<Purchase> twin = store.findPurchase(token);
      if (twin.isPresent()) {
        return answerAgain(twin.get(), order); // the same request, sent twice at once
      }
      Lease lease =
          store
              .find(hash)
              .filter(found -> !found.state().isOver())
              .orElseThrow(() -> Refusals.notFound(hash));
      Instant now = clock.instant();
      Instant from = lease.isPaid() && lease.expiry().isAfter(now) ? lease.expiry() : now;
      Purchase purchase =
          new Purchase(
              token,
              order.item(),
              hash,
              price,
              from,
              from.plus(order.duration()),
              images(lease.request().manifest(), started.status()),
              management.token(token).hash());
      store.commit(purchase);
      tenancy.leaveUnpaid();
      settle(purchase);
      revival.open(lease, started);
      log.info("pod sold hash={} price={} expiry={}", hash.value(), price, purchase.expiry());
      return new Bought(purchase, ledger.owed(purchase.token()));
    } finally {
      tenancy.unlock();
    }
  }

  /** What a tag meant when the pod was started, and else what the manifest says. */
  private static List<String> images(Manifest manifest, PodStatus status) {
    return manifest.containers().stream()
        .map(container -> PodKeeper.image(container, status))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Books the money of what was sold and not booked when the last run ended. */
  void settleAll() {
    store.unsettled().forEach(this::settle);
  }

  private void settle(Purchase purchase) {
    try {
      ledger
          .settle(purchase.token(), purchase.token().hex(), purchase.price())
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      // What is sold stays sold: it is tried again at the next start.
      log.error("money of a purchase not booked token={}", purchase.token(), e.getCause());
      return;
    }
    store.setSettled(purchase.token());
  }
}
