package org.codius.daemon.lease;

import java.util.concurrent.Flow;
import org.codius.hyper.PodEvent;
import org.codius.hyper.PodId;
import org.codius.manifest.ManifestHash;

/** Has pods looked at when something happened to them. Called by one thread at a time. */
final class PodWatch implements Flow.Subscriber<PodEvent> {

  private final Reconciler reconciler;

  PodWatch(Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(PodEvent event) {
    if (event instanceof PodEvent.Exited exited) {
      wake(exited.pod());
    } else if (event instanceof PodEvent.Removed removed) {
      wake(removed.pod());
    } else if (event instanceof PodEvent.LimitExceeded exceeded) {
      wake(exceeded.pod());
    } else if (event instanceof PodEvent.RuntimeBack || event instanceof PodEvent.Missed) {
      reconciler.lookAtAllSoon();
    }
  }

  private void wake(PodId pod) {
    ManifestHash.parse(pod.name()).ifPresent(reconciler::wake);
  }

  @Override
  public void onError(Throwable failure) {
    reconciler.lookAtAllSoon();
  }

  @Override
  public void onComplete() {
    // The driver is closed, and so is the daemon.
  }
}
