package org.codius.daemon.config;

import com.google.common.base.Ascii;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.RuntimeInfo.Isolation;

/**
 * What pods have to be, and what they may.
 *
 * @param leastIsolation what must stand between a pod and its host for pods to be sold
 * @param arePaying whether pods have accounts, to pay from and be paid to
 * @param images how large an image may be
 * @param imageCacheBytes how much of them is kept on disk before those used longest ago go
 * @param logBytes how much of a container's newest output is kept
 */
public record PodPolicy(
    Isolation leastIsolation,
    boolean arePaying,
    ImageLimits images,
    long imageCacheBytes,
    long logBytes) {

  private static final int MIB_BITS = 20;
  private static final int MOST_MIB = 1 << 20;

  /**
   * Reads it.
   *
   * @param isLoopback whether nobody but this machine can reach the host
   */
  static PodPolicy from(Settings settings, boolean isLoopback) {
    return new PodPolicy(
        isolation(settings, isLoopback ? Isolation.NAMESPACE : Isolation.KERNEL),
        settings.flag("CODIUS_POD_PAYMENTS", true),
        new ImageLimits(
            mib(settings, "CODIUS_IMAGE_MIB", 1024),
            mib(settings, "CODIUS_IMAGE_UNPACKED_MIB", 4096),
            settings.integer("CODIUS_IMAGE_LAYERS", 100, 1, 1000)),
        mib(settings, "CODIUS_IMAGE_CACHE_MIB", 20_480),
        mib(settings, "CODIUS_LOG_MIB", 16));
  }

  private static Isolation isolation(Settings settings, Isolation otherwise) {
    String text = settings.text("CODIUS_MIN_ISOLATION", nameOf(otherwise));
    for (Isolation isolation : Isolation.values()) {
      if (nameOf(isolation).equals(text)) {
        return isolation;
      }
    }
    settings.wrong("CODIUS_MIN_ISOLATION", text, "vm, kernel or namespace");
    return otherwise;
  }

  private static String nameOf(Isolation isolation) {
    return Ascii.toLowerCase(isolation.name());
  }

  private static long mib(Settings settings, String key, int otherwise) {
    return (long) settings.integer(key, otherwise, 1, MOST_MIB) << MIB_BITS;
  }
}
