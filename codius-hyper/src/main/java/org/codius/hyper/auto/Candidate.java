package org.codius.hyper.auto;

import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.jspecify.annotations.Nullable;

/** A runtime that may be chosen. */
interface Candidate {

  String name();

  Isolation isolation();

  /**
   * Tries it and opens it. Blocks.
   *
   * @throws PodDriverException if it does not work
   */
  Opened open();

  /** A runtime that works. */
  record Opened(PodDriver driver, @Nullable EmbeddedContainerd containerd, String words) {}
}
