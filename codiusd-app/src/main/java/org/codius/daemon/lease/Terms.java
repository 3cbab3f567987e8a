package org.codius.daemon.lease;

import java.time.Duration;

/**
 * What the host agrees to.
 *
 * @param purchaseTimeout from a paid request to its answer
 * @param maximumDuration the most that is sold at once
 * @param unpaidStarts how many pods may be starting at a time before they are paid for
 */
public record Terms(
    Pricing pricing,
    Capacity capacity,
    Duration purchaseTimeout,
    Duration maximumDuration,
    int unpaidStarts) {}
