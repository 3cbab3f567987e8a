package org.codius.payments.stream;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.codius.payments.Uplink;

/**
 * What a connection lives in.
 *
 * @param worker runs the connections' steps
 * @param timer only hands things over to {@code worker}
 */
record Surroundings(
    Uplink uplink,
    Executor worker,
    ScheduledExecutorService timer,
    InstantSource clock,
    SecureRandom random) {}
