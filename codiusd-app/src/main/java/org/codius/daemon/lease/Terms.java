package org.codius.daemon.lease;

import java.time.Duration;

/**
 * What the host agrees to.
 *
 * @param purchaseTimeout from a paid request to its answer
 * @param unpaidStarts how many pods may run at a time before they are paid for
 * @param evidence how long a lease that has ended is remembered
 */
public record Terms(
    Capacity capacity, Duration purchaseTimeout, int unpaidStarts, Duration evidence) {}
