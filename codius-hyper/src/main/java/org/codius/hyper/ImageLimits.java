package org.codius.hyper;

/**
 * How large an image may be.
 *
 * @param compressedBytes of all layers together, as they come from the registry
 * @param unpackedBytes of all layers together, on disk
 */
public record ImageLimits(long compressedBytes, long unpackedBytes, int layers) {

  /** 1 GiB to fetch, 4 GiB on disk, 100 layers. */
  public static final ImageLimits DEFAULT = new ImageLimits(1L << 30, 4L << 30, 100);

  public ImageLimits {
    if (compressedBytes < 1 || unpackedBytes < 1 || layers < 1) {
      throw new IllegalArgumentException(
          "image limits: %d bytes, %d unpacked, %d layers (expected: at least 1 each)"
              .formatted(compressedBytes, unpackedBytes, layers));
    }
  }
}
