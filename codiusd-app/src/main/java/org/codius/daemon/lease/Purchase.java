package org.codius.daemon.lease;

import java.time.Instant;
import java.util.List;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;

/**
 * A finished purchase, kept so that asking again under the same token gets the same answer.
 *
 * @param item what was bought, as {@link Order#item} words it
 * @param from when the bought time begins
 * @param expiry when it ends: until then the pod was to run when this was bought
 * @param images what the pod was to run, {@code name@sha256:…} for each container
 * @param managementHash the SHA-256, in hex, of the token that gives the purchase up; empty if
 *     there is none
 */
public record Purchase(
    PayToken token,
    String item,
    ManifestHash manifestHash,
    Amount price,
    Instant from,
    Instant expiry,
    List<String> images,
    String managementHash) {

  public Purchase {
    images = List.copyOf(images);
  }
}
