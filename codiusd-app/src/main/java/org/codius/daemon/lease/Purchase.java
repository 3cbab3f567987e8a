package org.codius.daemon.lease;

import java.time.Instant;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;

/**
 * A finished purchase, kept so that asking again under the same token gets the same answer.
 *
 * @param item what was bought, as {@link Order#item} words it
 * @param expiry until when the pod ran once this was bought
 */
public record Purchase(
    PayToken token, String item, ManifestHash manifestHash, Amount price, Instant expiry) {}
