package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.PaymentRequired;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Container;
import org.codius.manifest.Manifest;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sells time on pods.
 *
 * <p>How one is bought: its capacity is checked, and an invoice issued that costs no state; when
 * the client has a payment open and asks again, a place is reserved, the pod is pulled and started
 * without route or egress, the money is taken, the lease is on disk, and only then do route and
 * egress open. A start that fails costs the client nothing; a client that does not pay gets no
 * usable pod. All of it fits in one timeout, because the original's client gives up after 70 s.
 *
 * <p>The calls block. Safe for use by several threads.
 */
public final class LeaseService {

  private static final Logger log = LoggerFactory.getLogger(LeaseService.class);

  /** The least time a payment is given. With less left, no money is asked for. */
  private static final Duration PAYMENT_TIME = Duration.ofSeconds(10);

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Tenancies tenancies;
  private final Reconciler reconciler;
  private final PaymentReceiver receiver;
  private final Ledger ledger;
  private final Terms terms;
  private final InstantSource clock;
  private final Semaphore unpaidStarts;
  private final Admission admission;
  private final EvidenceStore evidence;
  private final Duration evidenceTime;
  private final Management management;
  private final PodLogs logs;

  /**
   * Nothing runs by itself: the embedder calls {@link #resume}, and the others in time.
   *
   * @param rules what must hold for an order to be sold, beside duration, pod and room
   * @param managementKey what management tokens are made with, 32 bytes
   * @param evidenceTime how long what pods left is kept
   */
  public LeaseService(
      LeaseStore store,
      PodKeeper pods,
      PaymentReceiver receiver,
      Ledger ledger,
      Terms terms,
      List<AdmissionRule> rules,
      byte[] managementKey,
      Duration evidenceTime,
      EvidenceStore evidence,
      InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.tenancies = new Tenancies();
    this.reconciler = new Reconciler(store, pods, tenancies, clock);
    this.receiver = receiver;
    this.ledger = ledger;
    this.terms = terms;
    this.clock = clock;
    this.unpaidStarts = new Semaphore(terms.unpaidStarts(), true);
    this.admission = new Admission(withOwnRules(rules));
    this.evidence = evidence;
    this.evidenceTime = evidenceTime;
    this.management =
        new Management(managementKey, store, pods, tenancies, reconciler, evidence, clock);
    this.logs = new PodLogs(store, pods, management, evidence);
  }

  private List<AdmissionRule> withOwnRules(List<AdmissionRule> rules) {
    List<AdmissionRule> all = new ArrayList<>();
    all.add(AdmissionRule.of("DURATION", order -> quote(order.duration())));
    all.add(AdmissionRule.of("POD", this::failIfUnknown));
    all.addAll(rules);
    all.add(AdmissionRule.of("ROOM", this::failIfFull));
    return all;
  }

  /** Takes up what the last run left: settles what it sold, and brings its pods back. */
  public void resume() throws InterruptedException {
    store.unsettled().forEach(this::settle);
    reconciler.reconcile();
  }

  /** Makes the runtime match the leases. To be called now and then. */
  public void reconcile() throws InterruptedException {
    reconciler.reconcile();
    evidence.forget(clock.instant().minus(evidenceTime));
  }

  /** Ends the leases whose time is over. To be called every second. */
  public void expire() throws InterruptedException {
    reconciler.expire();
  }

  /** Returns whether that much time can be bought at once. */
  public boolean isSold(Duration duration) {
    return terms.rate().isSold(duration);
  }

  /** Returns what {@code duration} on a pod costs now. */
  public Amount quote(Duration duration) {
    if (!terms.rate().isSold(duration)) {
      throw Refusals.tooLong(duration, terms.rate().maximumDuration());
    }
    return terms.rate().price(duration);
  }

  /** Returns what each rule for a sale says of {@code order}, without selling it. */
  public List<Verdict> judge(Order order) {
    return admission.verdicts(order);
  }

  /** Returns whether there is room for one more pod. */
  public boolean isRoom() {
    return terms.capacity().isRoomFor(PodClass.SMALL, store.reservedMib());
  }

  /**
   * Buys what {@code order} asks for, or tells where to pay for it.
   *
   * @throws RefusedException if it cannot be had; nothing was charged then
   */
  public PurchaseResult buy(Order order, PayToken token, Caller caller)
      throws InterruptedException {
    Deadline deadline = Deadline.after(terms.purchaseTimeout());
    Optional<Purchase> earlier = store.findPurchase(token);
    if (earlier.isPresent()) {
      return answerAgain(earlier.get(), order);
    }
    admission.check(order);
    Amount price = quote(order.duration());
    PaymentState state = receiver.look(token, order.item(), price);
    if (state instanceof PaymentState.Mismatched) {
      throw Refusals.tokenMismatch();
    }
    if (state instanceof PaymentState.TooLow tooLow) {
      throw Refusals.tooLow(tooLow.offered(), tooLow.price());
    }
    if (state instanceof PaymentState.Missing missing) {
      return new PaymentRequired(missing.owed(), missing.invoice());
    }
    price = ((PaymentState.Ready) state).price(); // what the invoice promised

    try (Tenancy tenancy = tenancies.join(order.manifestHash())) {
      try {
        PodStatus status = bringUp(order, tenancy, deadline);
        PaymentResult paid = take(price, token, order, deadline, caller);
        if (paid instanceof PaymentResult.Underpaid underpaid) {
          Invoice rest = receiver.invoice(token, order.item(), price);
          return new Underpaid(underpaid.received(), price, rest);
        }
        Bought bought = commit(order, tenancy, token, price, status);
        settle(bought.purchase());
        return bought;
      } finally {
        abandonIfUnpaid(order.manifestHash(), tenancy);
      }
    }
  }

  private PurchaseResult answerAgain(Purchase purchase, Order order) {
    if (!purchase.item().equals(order.item())) {
      throw Refusals.tokenMismatch();
    }
    return new Bought(purchase);
  }

  private void failIfUnknown(Order order) {
    if (order.upload().isEmpty() && store.find(order.manifestHash()).isEmpty()) {
      throw Refusals.notFound(order.manifestHash());
    }
  }

  private void failIfFull(Order order) {
    if (store.find(order.manifestHash()).isEmpty() && !isRoom()) {
      throw Refusals.full();
    }
  }

  /** Returns the running pod, started if need be: once, however many wait to pay for it. */
  private PodStatus bringUp(Order order, Tenancy tenancy, Deadline deadline)
      throws InterruptedException {
    ManifestHash hash = order.manifestHash();
    lock(tenancy, deadline);
    try {
      Optional<Lease> lease = store.find(hash);
      Optional<PodStatus> status = lease.isPresent() ? pods.status(hash) : Optional.empty();
      if (status.isPresent()) {
        if (PodKeeper.isUp(status.get())) {
          return status.get();
        }
        pods.remove(hash); // what is left of it would be in the way
      }
      PodRequest request =
          lease.map(Lease::request).or(order::upload).orElseThrow(() -> Refusals.notFound(hash));
      if (lease.isEmpty()) {
        reserve(
            Lease.starting(
                request, PodClass.SMALL, terms.capacity().need(PodClass.SMALL), clock.instant()));
      }
      return startUnpaid(request, deadline);
    } finally {
      tenancy.unlock();
    }
  }

  private static void lock(Tenancy tenancy, Deadline deadline) throws InterruptedException {
    if (!tenancy.lock(deadline.remaining())) {
      throw Refusals.busy("it is being started already");
    }
  }

  /** A lease on disk is the reservation; two threads must not both take the last place. */
  private synchronized void reserve(Lease lease) {
    if (!isRoom()) {
      throw Refusals.full();
    }
    store.put(lease);
  }

  private PodStatus startUnpaid(PodRequest request, Deadline deadline) throws InterruptedException {
    if (!unpaidStarts.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
      throw Refusals.busy("too many others are starting");
    }
    try {
      return pods.start(request, deadline);
    } finally {
      unpaidStarts.release();
    }
  }

  /** Lets the client pay until the ledger holds the price, or time is up. */
  private PaymentResult take(
      Amount price, PayToken token, Order order, Deadline deadline, Caller caller)
      throws InterruptedException {
    Amount owed = ledger.owed(token);
    if (owed.baseUnits().compareTo(price.baseUnits()) >= 0) {
      return new PaymentResult.Paid(owed); // on an earlier attempt
    }
    if (!caller.isThere().getAsBoolean()) {
      throw Refusals.callerGone();
    }
    if (deadline.remaining().compareTo(PAYMENT_TIME) < 0) {
      throw Refusals.tooSlow("it took so long that no time was left to pay");
    }
    PaymentResult result;
    try {
      result = deadline.await(receiver.receive(token, order.item(), price, deadline.remaining()));
    } catch (TimeoutException e) {
      return new PaymentResult.Underpaid(ledger.owed(token));
    }
    if (result instanceof PaymentResult.TooLow tooLow) {
      throw Refusals.tooLow(tooLow.offered(), price);
    }
    if (result instanceof PaymentResult.Mismatched) {
      throw Refusals.tokenMismatch();
    }
    return result;
  }

  /** Makes the purchase final, and then the pod reachable. */
  private Bought commit(
      Order order, Tenancy tenancy, PayToken token, Amount price, PodStatus status)
      throws InterruptedException {
    ManifestHash hash = order.manifestHash();
    tenancy.lock();
    try {
      Optional<Purchase> twin = store.findPurchase(token);
      if (twin.isPresent()) {
        return (Bought) answerAgain(twin.get(), order); // the same request, sent twice at once
      }
      Lease lease = store.find(hash).orElseThrow(() -> Refusals.notFound(hash));
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
              images(lease.request().manifest()),
              management.token(token).hash());
      store.commit(purchase);
      pods.open(lease.request().manifest(), status);
      log.info("pod sold hash={} price={} expiry={}", hash.value(), price, purchase.expiry());
      return new Bought(purchase);
    } finally {
      tenancy.unlock();
    }
  }

  private static List<String> images(Manifest manifest) {
    return manifest.containers().stream()
        .map(Container::image)
        .collect(Collectors.toUnmodifiableList());
  }

  private void settle(Purchase purchase) {
    try {
      ledger
          .settle(purchase.token(), purchase.token().hex(), purchase.price())
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
    store.setSettled(purchase.token());
  }

  /** Takes down what nobody paid for, unless somebody else may still pay for it. */
  private void abandonIfUnpaid(ManifestHash hash, Tenancy tenancy) throws InterruptedException {
    tenancy.lock();
    try {
      Optional<Lease> lease = store.find(hash);
      if (tenancy.isShared() || lease.isEmpty() || lease.get().state() != State.STARTING) {
        return;
      }
      if (pods.remove(hash)) {
        store.delete(hash);
      } else {
        store.update(lease.get().with(State.FAILED)); // the reconciler goes on trying
      }
    } finally {
      tenancy.unlock();
    }
  }

  /** Returns the lease on a pod that is paid for. */
  public Optional<Lease> find(ManifestHash hash) {
    return store.find(hash).filter(Lease::isPaid);
  }

  /** Returns how many leases there are. */
  public int count() {
    return store.count();
  }

  /** Returns what buyers may do with what they bought. */
  public Management management() {
    return management;
  }

  /** Returns what pods write, for those who may read it. */
  public PodLogs logs() {
    return logs;
  }
}
