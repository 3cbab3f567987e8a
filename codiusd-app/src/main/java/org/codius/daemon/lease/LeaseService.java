package org.codius.daemon.lease;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import org.codius.daemon.lease.PodKeeper.Started;
import org.codius.daemon.lease.PurchaseResult.PaymentRequired;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodEvent;
import org.codius.manifest.Machine;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;
import org.codius.manifest.Rules;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
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

  /** How long a purchase's answer is remembered after its time: no client retries for that long. */
  private static final Duration PURCHASE_MEMORY = Duration.ofDays(30);

  /** How often everything is looked at for which nobody knows the time before. */
  private static final Duration TICK = Duration.ofSeconds(1);

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Tenancies tenancies;
  private final Starts starts;
  private final Checkout checkout;
  private final Expiry expiry;
  private final Reconciler reconciler;
  private final Uptime uptime;
  private final PurchasesUnderWay underWay = new PurchasesUnderWay();
  private final PaymentReceiver receiver;
  private final Admission admission;
  private final EvidenceStore evidence;
  private final Management management;
  private final PodLogs logs;
  private final Prices prices;
  private final Terms terms;
  private final InstantSource clock;

  /**
   * Nothing runs by itself: the embedder calls {@link #settle}, {@link #resume}, and the others in
   * time.
   *
   * @param rules what must hold for an order to be sold, beside duration, pod and room
   * @param managementKey what management tokens are made with, 32 bytes
   * @param workers restart and remove pods; may reject what they have no room for
   */
  public LeaseService(
      LeaseStore store,
      PodKeeper pods,
      PaymentReceiver receiver,
      Ledger ledger,
      Prices prices,
      Terms terms,
      List<AdmissionRule> rules,
      byte[] managementKey,
      EvidenceStore evidence,
      Executor workers,
      InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.receiver = receiver;
    this.prices = prices;
    this.terms = terms;
    this.clock = clock;
    this.tenancies = new Tenancies();
    PodWorkers podWorkers = new PodWorkers(workers);
    Revival revival = new Revival(store, pods, clock);
    this.starts = new Starts(store, pods, revival, prices, terms, clock);
    this.expiry =
        new Expiry(store, pods, revival, tenancies, podWorkers, terms.purchaseTimeout(), clock);
    this.evidence = evidence;
    this.management =
        new Management(managementKey, store, pods, tenancies, expiry, evidence, clock);
    this.logs = new PodLogs(store, pods, management, evidence);
    this.checkout = new Checkout(store, revival, receiver, ledger, management, clock);
    this.admission = new Admission(withOwnRules(rules));
    this.reconciler = new Reconciler(store, pods, revival, prices, tenancies, podWorkers, clock);
    this.uptime = new Uptime(store, clock, System::nanoTime);
  }

  private List<AdmissionRule> withOwnRules(List<AdmissionRule> rules) {
    List<AdmissionRule> all = new ArrayList<>();
    all.add(AdmissionRule.of("DURATION", order -> quote(order.duration())));
    all.add(AdmissionRule.of("POD", order -> starts.podClass(request(order))));
    all.addAll(rules);
    all.add(AdmissionRule.of("ROOM", this::failIfFull));
    return all;
  }

  /** Settles what the last run sold and did not get to settle. To be called before any sale. */
  public void settle() {
    checkout.settleAll();
  }

  /** Brings the last run's pods back. To be called once the runtime is there. */
  public void resume() throws InterruptedException {
    reconciler.resume(uptime.resume());
  }

  /** Returns what is to be told what happens to the pods. */
  public Flow.Subscriber<PodEvent> watch() {
    return new PodWatch(reconciler);
  }

  /** Makes the runtime match the leases. To be called every minute. */
  public void reconcile() throws InterruptedException {
    reconciler.reconcile();
    store.forgetPurchases(clock.instant().minus(PURCHASE_MEMORY));
    store.forgetEnded(clock.instant().minus(terms.evidence()));
    evidence.forget(clock.instant().minus(terms.evidence()));
  }

  /**
   * Ends the leases whose time is over, and sees to pods that went down.
   *
   * @return when to call it again
   */
  public Duration tick() throws InterruptedException {
    uptime.beat();
    expiry.expire();
    reconciler.lookAtWoken();
    return expiry.untilNext(TICK);
  }

  /** Ends the leases whose time is over. */
  void expire() {
    expiry.expire();
  }

  /** Notes when the host went down, so that no more time is given back than was lost. */
  public void end() {
    uptime.end();
  }

  public Prices prices() {
    return prices;
  }

  /** Returns what manifests may say here: they may ask for any class that is sold. */
  public Rules manifestRules() {
    return Rules.HOST.withMachines(
        prices.classes().stream()
            .map(podClass -> new Machine(podClass.name()))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Returns whether that much time can be bought at once. */
  public boolean isSold(Duration duration) {
    return prices.isSold(duration);
  }

  /** Returns what each rule for a sale says of {@code order}, without selling it. */
  public List<Verdict> judge(Order order) {
    return admission.verdicts(order);
  }

  /** Returns what {@code duration} on a pod that asks for nothing special costs now. */
  public Amount quote(Duration duration) {
    return prices.price(PodClass.SMALL, duration);
  }

  /** Returns what {@code duration} on the pod costs now. */
  public Amount quote(PodRequest request, Duration duration) {
    return prices.price(starts.podClass(request), duration);
  }

  /** Returns whether there is room for one more pod of the smallest class. */
  public boolean isRoom() {
    return starts.isRoomFor(PodClass.SMALL);
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
      return checkout.answerAgain(earlier.get(), order);
    }
    admission.check(order);
    Amount price = quote(request(order), order.duration());
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

    underWay.begin();
    try (Tenancy tenancy = tenancies.join(order.manifestHash())) {
      try {
        Started started = starts.bringUp(order, caller, tenancy, deadline);
        admission.checkImages(request(order).manifest(), started.status());
        return checkout.sell(order, token, price, caller, tenancy, started, deadline);
      } finally {
        starts.abandonIfUnpaid(order.manifestHash(), tenancy);
      }
    } finally {
      underWay.end();
    }
  }

  /**
   * Sells nothing more, and waits for the purchases under way, which are paid and answered. None of
   * them takes longer than the time a purchase has.
   */
  public void finish() throws InterruptedException {
    if (underWay.count() > 0) {
      log.info("going down when what is being bought is sold purchases={}", underWay.count());
    }
    underWay.close(Deadline.after(terms.purchaseTimeout()));
  }

  /** Returns the pod that is asked for: the one that is here, or else what was uploaded. */
  private PodRequest request(Order order) {
    return live(order)
        .map(Lease::request)
        .or(order::upload)
        .orElseThrow(() -> Refusals.notFound(order.manifestHash()));
  }

  private Optional<Lease> live(Order order) {
    return store.find(order.manifestHash()).filter(lease -> !lease.state().isOver());
  }

  private void failIfFull(Order order) {
    if (live(order).isEmpty() && !starts.isRoomFor(starts.podClass(request(order)))) {
      throw Refusals.full();
    }
  }

  /** Returns the lease on a pod that is paid for. */
  public Optional<Lease> find(ManifestHash hash) {
    return store.find(hash).filter(Lease::isPaid);
  }

  /** Returns how many leases there are, in whatever state. */
  public int count() {
    return store.count();
  }

  /** Ends a pod before its time, because its owner or the host's operator wants it. */
  public void remove(ManifestHash hash) throws InterruptedException {
    expiry.end(hash, Lease.State.REMOVED, "");
  }

  /**
   * Ends a pod that cannot be let run.
   *
   * @param failure why, {@code CODE: sentence}
   */
  public void fail(ManifestHash hash, String failure) throws InterruptedException {
    expiry.end(hash, Lease.State.FAILED, failure);
  }

  /**
   * Gives a pod that runs money of the host's, to pay with. Durable once it completes; fails with a
   * {@link org.codius.payments.PaymentException}.
   */
  public CompletionStage<Void> fund(ManifestHash hash, Amount amount) {
    return pods.fund(hash, amount);
  }

  /** Stops a pod, whose lease and output stay, or lets it run again. */
  public void suspend(ManifestHash hash, boolean isSuspended) throws InterruptedException {
    reconciler.suspend(hash, isSuspended);
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
