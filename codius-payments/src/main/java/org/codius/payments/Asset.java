package org.codius.payments;

import static java.util.Objects.requireNonNull;

/**
 * What amounts are counted in.
 *
 * @param code as IL-DCP tells it, {@code XRP}
 * @param scale how many decimal places a base unit is behind one unit of the asset, 0 to 255
 */
public record Asset(String code, int scale) {

  public Asset {
    requireNonNull(code, "code");
    if (scale < 0 || scale > 255) {
      throw new IllegalArgumentException("asset scale: " + scale + " (expected: 0 to 255)");
    }
  }
}
