package org.codius.daemon.lease;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.codius.daemon.lease.Evidence.Event;
import org.codius.daemon.lease.EvidenceStore.KeptLog;
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
      LogTail tail = new LogTail(status.containers().size());
      List<Event> events = new ArrayList<>();
      try (KeptLog kept = store.open(hash).orElse(null)) {
        if (kept != null && kept.evidence().isOf(lease.get())) {
          events.addAll(kept.evidence().events());
          tail.addAll(kept);
        }
      }
      driver.logs(status.id(), LogQuery.ALL).subscribe(tail);
      List<LogLine> lines = read(tail, hash);
      Instant now = clock.instant();
      Map<String, String> exits = exits(status);
      whatHappened(lease.get(), status, exits).forEach(what -> events.add(new Event(now, what)));
      store.keep(hash, new Evidence(now, exits, events), lines);
    } catch (RuntimeException e) {
      log.warn("keep evidence failed hash={} reason={}", hash.value(), e.toString());
    }
  }

  /** Why it ended, and what is to become of it, in the order it came about. */
  private static List<String> whatHappened(
      Lease lease, PodStatus status, Map<String, String> exits) {
    List<String> happened = new ArrayList<>();
    exits.forEach((container, exit) -> happened.add(container + " ended with " + exit));
    status.exceeded().ifPresent(limit -> happened.add("ended for " + limit));
    happened.add(
        switch (lease.state()) {
          case STARTING, PAID, RUNNING -> "started again";
          case EXPIRED -> "its time was over";
          case REMOVED -> "ended before its time, by its buyer or the host's operator";
          case FAILED -> "ended by the host: " + lease.life().failure();
        });
    return happened;
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
