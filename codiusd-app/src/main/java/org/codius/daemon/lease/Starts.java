package org.codius.daemon.lease;

import java.time.InstantSource;
import java.util.Optional;
import org.codius.daemon.lease.Lease.State;
import org.codius.daemon.lease.PodKeeper.Started;
import org.codius.daemon.lease.Tenancies.Tenancy;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.PodRequest;

/**
 * Brings up pods for those who have yet to pay for them, and takes them down again if nobody does.
 *
 * <p>The calls block. Safe for use by several threads.
 */
final class Starts {

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Revival revival;
  private final Prices prices;
  private final Terms terms;
  private final InstantSource clock;
  private final StartQueue queue;

  Starts(
      LeaseStore store,
      PodKeeper pods,
      Revival revival,
      Prices prices,
      Terms terms,
      InstantSource clock) {
    this.store = store;
    this.pods = pods;
    this.revival = revival;
    this.prices = prices;
    this.terms = terms;
    this.clock = clock;
    this.queue = new StartQueue(terms.unpaidStarts(), terms.capacity().unpaidMib());
  }

  /** Returns the class a pod is sold in. */
  PodClass podClass(PodRequest request) {
    String name = request.manifest().machine().name();
    return prices.find(name).orElseThrow(() -> Refusals.noSuchClass(name));
  }

  /** Returns whether there is room for one more pod. */
  boolean isRoomFor(PodClass podClass) {
    return terms.capacity().isRoomFor(podClass, store.reservedMib());
  }

  /** Returns the running pod, started if need be: once, however many wait to pay for it. */
  Started bringUp(Order order, Caller caller, Tenancy tenancy, Deadline deadline)
      throws InterruptedException {
    ManifestHash hash = order.manifestHash();
    if (!tenancy.lock(deadline.remaining())) {
      throw Refusals.busy("it is being started already");
    }
    try {
      Optional<Lease> lease = store.find(hash);
      if (lease.isPresent() && lease.get().state().isOver()) {
        if (!revival.end(lease.get())) {
          throw Refusals.busy("what is left of it is still being removed");
        }
        lease = Optional.empty();
      }
      if (lease.isPresent()) {
        Optional<PodStatus> status = pods.status(hash).filter(PodKeeper::isUp);
        if (status.isPresent()) {
          return new Started(status.get(), lease.get().life().isListening());
        }
        if (lease.get().isPaid()) {
          return revival.revive(lease.get(), podClass(lease.get().request()), deadline);
        }
      }
      PodRequest request =
          lease.map(Lease::request).or(order::upload).orElseThrow(() -> Refusals.notFound(hash));
      return startUnpaid(request, caller, tenancy, deadline);
    } finally {
      tenancy.unlock();
    }
  }

  private Started startUnpaid(PodRequest request, Caller caller, Tenancy tenancy, Deadline deadline)
      throws InterruptedException {
    PodClass podClass = podClass(request);
    long need = terms.capacity().need(podClass);
    // An image may take long to come: nobody waits for it in a place that others could use.
    pods.pullImages(request.manifest(), caller.address(), deadline);
    if (!tenancy.hasPlace()) {
      tenancy.setUnpaid(
          queue.enter(caller.address(), need, deadline),
          Deadline.after(terms.purchaseTimeout().multipliedBy(2)));
    }
    reserve(Lease.starting(request, podClass, need, clock.instant()), podClass);
    pods.remove(request.manifest().hash()); // what is left of an earlier one would be in the way
    return pods.start(request, podClass, deadline);
  }

  /** A lease on disk is the reservation; two threads must not both take the last place. */
  private synchronized void reserve(Lease lease, PodClass podClass) {
    if (store.find(lease.manifestHash()).isEmpty() && !isRoomFor(podClass)) {
      throw Refusals.full();
    }
    store.put(lease);
  }

  /** Takes down what nobody paid for, unless somebody else may still pay for it. */
  void abandonIfUnpaid(ManifestHash hash, Tenancy tenancy) throws InterruptedException {
    tenancy.lock();
    try {
      Optional<Lease> lease = store.find(hash);
      if (tenancy.isShared() || lease.isEmpty() || lease.get().state() != State.STARTING) {
        return;
      }
      // One that was paid for once has expired by now; of the others nothing is kept.
      State state = lease.get().life().started().isPresent() ? State.EXPIRED : State.FAILED;
      store.update(lease.get().with(state));
      revival.end(lease.get().with(state));
    } finally {
      tenancy.unlock();
    }
  }
}
