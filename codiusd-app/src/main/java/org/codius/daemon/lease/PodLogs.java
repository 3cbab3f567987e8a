package org.codius.daemon.lease;

import java.util.Optional;
import java.util.concurrent.Flow;
import org.codius.daemon.lease.EvidenceStore.KeptLog;
import org.codius.hyper.LogLine;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;

/**
 * What pods write, for those who may read it: all, if the manifest says {@code debug}; else those
 * who bought time on the pod that started it. Of pods that have ended, what is kept.
 */
public final class PodLogs {

  private final LeaseStore store;
  private final PodKeeper pods;
  private final Management management;
  private final EvidenceStore evidence;

  PodLogs(LeaseStore store, PodKeeper pods, Management management, EvidenceStore evidence) {
    this.store = store;
    this.pods = pods;
    this.management = management;
    this.evidence = evidence;
  }

  /**
   * Returns the pod's lines, those kept of it from before it was started again first. Asking for
   * them may block.
   *
   * @param follow whether to go on with what it writes from now on
   * @param token what the reader shows, or null for nothing
   * @throws RefusedException if there is no such pod, or its log is not for this reader
   */
  public Flow.Publisher<LogLine> read(
      ManifestHash hash, boolean follow, @Nullable ManagementToken token) {
    Optional<Lease> live = store.find(hash).filter(Lease::isPaid);
    Lease lease = live.or(() -> store.findEnded(hash)).orElseThrow(() -> Refusals.noLogs(hash));
    if (!lease.request().manifest().isDebug() && !isStarter(lease, token)) {
      throw Refusals.logsClosed(hash);
    }
    Flow.Publisher<LogLine> now = live.isPresent() ? pods.logs(hash, follow) : LinesBefore.NONE;
    return new LinesBefore(() -> before(lease), now);
  }

  private Optional<KeptLog> before(Lease lease) {
    Optional<KeptLog> kept = evidence.open(lease.manifestHash());
    if (kept.isPresent() && !kept.get().evidence().isOf(lease)) {
      kept.get().close();
      return Optional.empty();
    }
    return kept;
  }

  /** The pod was started by the purchase from whose beginning on it ran. */
  private boolean isStarter(Lease lease, @Nullable ManagementToken token) {
    if (token == null) {
      return false;
    }
    Purchase purchase = management.purchase(lease.manifestHash(), token);
    return lease.life().started().filter(purchase.from()::equals).isPresent();
  }
}
