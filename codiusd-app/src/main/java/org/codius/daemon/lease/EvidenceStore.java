package org.codius.daemon.lease;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.codius.hyper.LogLine;
import org.codius.manifest.ManifestHash;

/** Remembers what pods left. The calls block. Safe for use by several threads. */
public interface EvidenceStore {

  /**
   * Keeps what a pod left, in place of what is kept of an earlier one of the same hash.
   *
   * @param log what it wrote last, oldest first
   */
  void keep(ManifestHash hash, Evidence evidence, List<LogLine> log);

  /** Returns what is kept of the pod, without its log. */
  Optional<Evidence> find(ManifestHash hash);

  /** Opens the log that is kept of the pod, whatever becomes of the pod meanwhile. */
  Optional<KeptLog> open(ManifestHash hash);

  /** Drops what was left before. */
  void forget(Instant before);

  /** A pod's log, read line by line: many may be read at once, and each may be long. */
  interface KeptLog extends Iterator<LogLine>, AutoCloseable {

    /** Returns what it is part of. */
    Evidence evidence();

    @Override
    void close();
  }
}
