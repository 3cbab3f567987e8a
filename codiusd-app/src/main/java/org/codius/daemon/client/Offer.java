package org.codius.daemon.client;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.util.Optional;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;

/**
 * What a host asks for time on a pod.
 *
 * @param price in the host's base units
 * @param asset what those are, if the host tells
 * @param isPlayMoney whether the host says that its money is worth nothing
 */
public record Offer(
    ManifestHash manifestHash, BigInteger price, Optional<Asset> asset, boolean isPlayMoney) {

  /**
   * Returns the price, counted in {@code otherwise} if the host does not tell what it counts in.
   */
  public Amount priceIn(Asset otherwise) {
    return new Amount(UnsignedLong.valueOf(price), asset.orElse(otherwise));
  }
}
