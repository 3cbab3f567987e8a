package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PullProgress;

/**
 * How far the layers of an image are that is being pulled, as its progress tells: one line when a
 * layer begins and many while it is downloaded. Confined to the channel's event loop.
 */
final class PullLayers {

  private final ImageLimits limits;
  private final Consumer<? super PullProgress> progress;
  private final Consumer<String> onExcess;
  private final Set<String> layers = new HashSet<>();
  private final Map<String, PullProgress> downloads = new HashMap<>();
  private boolean isExceeded;

  /**
   * @param onExcess called once with what is too much
   */
  PullLayers(
      ImageLimits limits, Consumer<? super PullProgress> progress, Consumer<String> onExcess) {
    this.limits = limits;
    this.progress = progress;
    this.onExcess = onExcess;
  }

  void take(JsonNode line) {
    switch (line.path("status").asText()) {
      case "Pulling fs layer", "Already exists" -> layers.add(line.path("id").asText());
      case "Downloading" -> {
        JsonNode detail = line.path("progressDetail");
        downloads.put(
            line.path("id").asText(),
            new PullProgress(detail.path("current").asLong(), detail.path("total").asLong()));
        progress.accept(total());
      }
      default -> {
        return;
      }
    }
    check();
  }

  private PullProgress total() {
    long bytes = 0;
    long totalBytes = 0;
    for (PullProgress one : downloads.values()) {
      bytes += one.bytes();
      totalBytes += Math.max(one.totalBytes(), one.bytes());
    }
    return new PullProgress(bytes, totalBytes);
  }

  private void check() {
    long bytes = total().totalBytes();
    if (!isExceeded && (bytes > limits.compressedBytes() || layers.size() > limits.layers())) {
      isExceeded = true;
      onExcess.accept(
          "%d layers with %d bytes so far (limit: %d and %d)"
              .formatted(layers.size(), bytes, limits.layers(), limits.compressedBytes()));
    }
  }

  boolean isExceeded() {
    return isExceeded;
  }
}
