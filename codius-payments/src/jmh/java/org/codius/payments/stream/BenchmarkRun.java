package org.codius.payments.stream;

import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs {@link PacketBenchmark} and prints our codecs beside Quilt's. */
public final class BenchmarkRun {

  private BenchmarkRun() {}

  public static void main(String[] arguments) throws RunnerException {
    Map<String, Double> perSecond = new TreeMap<>();
    for (RunResult result :
        new Runner(new OptionsBuilder().include(PacketBenchmark.class.getName()).build()).run()) {
      perSecond.put(
          result.getPrimaryResult().getLabel(), result.getPrimaryResult().getScore());
    }
    double ours = perSecond.getOrDefault("ours", Double.NaN);
    double quilt = perSecond.getOrDefault("quilt", Double.NaN);
    System.out.printf(
        "decode, decrypt and fulfil a packet of %d bytes on one core: ours %.0f/s, Quilt 1.3.1 %.0f/s"
            + " (%.1f times)%n",
        new PacketBenchmark().size(), ours, quilt, ours / quilt);
  }
}
