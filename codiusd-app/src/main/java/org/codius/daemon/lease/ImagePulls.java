package org.codius.daemon.lease;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;

/**
 * Fetches images: each once at a time, few together, and to the end, whoever still waits for it.
 *
 * <p>Safe for use by several threads.
 */
final class ImagePulls {

  private static final int AT_ONCE = 16;

  private final PodDriver driver;
  private final ImageLimits limits;
  private final StartQueue places = new StartQueue(AT_ONCE, Long.MAX_VALUE);
  private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  ImagePulls(PodDriver driver, ImageLimits limits) {
    this.driver = driver;
    this.limits = limits;
  }

  /**
   * Waits for the image.
   *
   * @throws RefusedException if it cannot be had, or not in time; it is fetched all the same then
   */
  void await(String image, String address, Deadline deadline) throws InterruptedException {
    try {
      deadline.await(pull(image, address, deadline));
    } catch (TimeoutException e) {
      throw Refusals.stillPulling(image);
    } catch (PodDriverException e) {
      throw Refusals.of(e);
    }
  }

  private CompletableFuture<Void> pull(String image, String address, Deadline deadline)
      throws InterruptedException {
    CompletableFuture<Void> known = underWay.get(image);
    if (known != null) {
      return known;
    }
    StartQueue.Place place = places.enter(address, 0, deadline);
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> first = underWay.putIfAbsent(image, mine);
    if (first != null) {
      place.close();
      return first;
    }
    driver
        .pull(image, limits, progress -> {})
        .whenComplete(
            (done, failure) -> {
              underWay.remove(image);
              place.close();
              if (failure == null) {
                mine.complete(null);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }
}
