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
 */
public record Receipt(
    URI url,
    ManifestHash manifestHash,
    Instant expiry,
    Amount paid,
    boolean isPlayMoney,
    boolean wasBoughtBefore) {}
