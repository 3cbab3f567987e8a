package org.codius.hyper.auto;

import java.util.function.Supplier;
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
   * Runs a pod to try, or remembers what came of it. Blocks; nothing of it is left.
   *
   * @throws PodDriverException if it does not work
   */
  Proof prove();

  /**
   * That a runtime works.
   *
   * @param words what was seen of it
   * @param opening opens it; blocks
   */
  record Proof(String words, Supplier<Opened> opening) {}

  /** A runtime in use. */
  record Opened(PodDriver driver, @Nullable EmbeddedContainerd containerd) {}
}
