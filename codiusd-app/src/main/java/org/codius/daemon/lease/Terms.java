package org.codius.daemon.lease;

import java.time.Duration;
import org.codius.payments.Rate;

/**
 * What the host agrees to.
 *
 * @param purchaseTimeout from a paid request to its answer
 * @param unpaidStarts how many pods may be starting at a time before they are paid for
 */
public record Terms(Rate rate, Capacity capacity, Duration purchaseTimeout, int unpaidStarts) {}
