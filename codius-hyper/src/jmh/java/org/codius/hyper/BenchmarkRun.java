package org.codius.hyper;

import org.codius.hyper.cri.CriBench;
import org.codius.hyper.hyperd.HyperdBench;

/** Prints what the drivers cost beside what the runtimes do. As root; takes two minutes. */
public final class BenchmarkRun {

  private BenchmarkRun() {}

  public static void main(String[] arguments) throws Exception {
    HyperdBench.main();
    CriBench.main();
  }
}
