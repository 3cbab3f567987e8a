package org.codius.daemon.client;

import java.net.URI;
import java.time.Instant;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;

/**
 * What was bought.
 *
 * @param url where the pod answers
 * @param paid what this purchase took, in our asset; zero if it had been bought before
 * @param isPlayMoney whether that money is worth nothing, as its host says
 * @param wasBoughtBefore whether nothing had to be done any more
 * @param managementToken what the purchase is managed with; empty if the host knows no such thing
 */
public record Receipt(
    URI url,
    ManifestHash manifestHash,
    Instant expiry,
    Amount paid,
    boolean isPlayMoney,
    boolean wasBoughtBefore,
    String managementToken) {

  /** Leaves the token out: who has it can end the pod. */
  @Override
  public String toString() {
    return "Receipt[" + url + ", expiry=" + expiry + ", paid=" + paid + "]";
  }
}
