package org.codius.hyper;

import java.util.Arrays;
import java.util.concurrent.Callable;

/** How long something took each time. Confined to one thread. */
public final class Samples {

  private final String name;
  private final double[] millis;
  private int size;

  public Samples(String name, int size) {
    this.name = name;
    this.millis = new double[size];
  }

  /** Does it once more. */
  public <T> T time(Callable<T> work) throws Exception {
    long start = System.nanoTime();
    T result = work.call();
    millis[size++] = (System.nanoTime() - start) / 1e6;
    return result;
  }

  public double median() {
    return quantile(0.5);
  }

  private double quantile(double share) {
    double[] sorted = Arrays.copyOf(millis, size);
    Arrays.sort(sorted);
    return sorted[(int) (share * (size - 1))];
  }

  @Override
  public String toString() {
    return "%s: p50 %.2f ms, p90 %.2f ms (%d times)".formatted(name, median(), quantile(0.9), size);
  }
}
