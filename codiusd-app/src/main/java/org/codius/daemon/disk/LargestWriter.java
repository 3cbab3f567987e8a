package org.codius.daemon.disk;

import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodStatus;
import org.codius.manifest.ManifestHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the pod that has most on the disk. Blocks. Safe for use by several threads. */
public final class LargestWriter {

  private static final Logger log = LoggerFactory.getLogger(LargestWriter.class);

  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /** To end a pod with less than this would free nothing to speak of. */
  private static final long LEAST_BYTES = 1 << 20;

  private final PodDriver driver;
  private final Ender ender;

  /** Ends a pod's lease for good. */
  @FunctionalInterface
  public interface Ender {
    void end(ManifestHash hash, String failure) throws InterruptedException;
  }

  public LargestWriter(PodDriver driver, Ender ender) {
    this.driver = driver;
    this.ender = ender;
  }

  /**
   * Ends it.
   *
   * @param why in a sentence, for its owner
   * @return whether there was one
   */
  boolean end(String why) throws InterruptedException {
    Optional<Map.Entry<ManifestHash, Long>> largest =
        sizes().entrySet().stream()
            .filter(pod -> pod.getValue() >= LEAST_BYTES)
            .max(Comparator.comparingLong(Map.Entry::getValue));
    if (largest.isEmpty()) {
      return false;
    }
    ManifestHash hash = largest.get().getKey();
    long mib = largest.get().getValue() >> 20;
    log.error("pod ended for what it has on the disk hash={} mib={}", hash.value(), mib);
    ender.end(
        hash, "DISK_FULL: %s, and of all pods this one had most on it: %d MiB".formatted(why, mib));
    return true;
  }

  private Map<ManifestHash, Long> sizes() {
    Map<ManifestHash, Long> sizes = new TreeMap<>(Comparator.comparing(ManifestHash::value));
    try {
      for (PodStatus pod : await(driver.list())) {
        Optional<ManifestHash> hash = ManifestHash.parse(pod.id().name());
        if (hash.isPresent()) {
          size(pod).ifPresent(bytes -> sizes.put(hash.get(), bytes));
        }
      }
    } catch (CompletionException e) {
      log.warn("pods not measured reason={}", e.toString());
    }
    return sizes;
  }

  private Optional<Long> size(PodStatus pod) {
    try {
      return Optional.of(await(driver.stats(pod.id())).diskBytes());
    } catch (CompletionException e) {
      log.warn("pod not measured pod={} reason={}", pod.id(), e.toString());
      return Optional.empty();
    }
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage
        .toCompletableFuture()
        .copy()
        .orTimeout(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }
}
