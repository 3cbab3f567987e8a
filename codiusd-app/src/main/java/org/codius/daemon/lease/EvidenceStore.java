package org.codius.daemon.lease;

import java.time.Instant;
import java.util.Optional;
import org.codius.manifest.ManifestHash;

/** Remembers what pods left. The calls block. Safe for use by several threads. */
public interface EvidenceStore {

  /** Keeps what a pod left, in place of what is kept of an earlier one of the same hash. */
  void keep(ManifestHash hash, Evidence evidence);

  Optional<Evidence> find(ManifestHash hash);

  /** Drops what was left before. */
  void forget(Instant before);
}
