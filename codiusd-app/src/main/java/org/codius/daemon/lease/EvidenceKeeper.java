package org.codius.daemon.lease;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a pod for the last time. What it finds is of use to its buyer and holds nothing up: a
 * pod goes, whatever comes of this.
 */
public final class EvidenceKeeper {

  private static final Logger log = LoggerFactory.getLogger(EvidenceKeeper.class);

  /** How long reading a pod's log may take. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(5);

  private final PodDriver driver;
  private final LeaseStore leases;
  private final EvidenceStore store;
  private final InstantSource clock;

  public EvidenceKeeper(
      PodDriver driver, LeaseStore leases, EvidenceStore store, InstantSource clock) {
    this.driver = driver;
    this.leases = leases;
    this.store = store;
    this.clock = clock;
  }

  /** Keeps what the pod wrote and how its containers ended, with what is kept of it already. */
  void keep(ManifestHash hash, PodStatus status) throws InterruptedException {
    Optional<Lease> lease = leases.find(hash).filter(known -> known.life().started().isPresent());
    if (lease.isEmpty()) {
      return; // what nobody paid for must not fill the disk
    }
    try {
      LogTail tail = new LogTail();
      store
          .find(hash)
          .filter(kept -> kept.isOf(lease.get()))
          .ifPresent(earlier -> tail.addAll(earlier.log()));
      driver.logs(status.id(), LogQuery.ALL).subscribe(tail);
      store.keep(hash, new Evidence(clock.instant(), exits(status), read(tail, hash)));
    } catch (RuntimeException e) {
      log.warn("keep evidence failed hash={} reason={}", hash.value(), e.toString());
    }
  }

  private static List<LogLine> read(LogTail tail, ManifestHash hash) throws InterruptedException {
    try {
      return Deadline.after(READ_TIMEOUT).await(tail.lines());
    } catch (TimeoutException | PodDriverException | CompletionException e) {
      log.warn("read the last of a log failed hash={} reason={}", hash.value(), e.toString());
      return tail.soFar();
    }
  }

  private static Map<String, String> exits(PodStatus status) {
    Map<String, String> exits = new TreeMap<>();
    for (PodStatus.Container container : status.containers()) {
      if (container.exitCode().isPresent()) {
        String code = Integer.toString(container.exitCode().getAsInt());
        exits.put(container.name(), (code + " " + container.reason()).strip());
      }
    }
    return exits;
  }
}
