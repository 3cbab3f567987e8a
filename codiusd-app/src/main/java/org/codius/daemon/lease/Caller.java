package org.codius.daemon.lease;

import java.util.function.BooleanSupplier;

/**
 * Who asks.
 *
 * @param address where the request comes from, as far as is known; places are given out fairly by
 *     it
 * @param isThere whether somebody still waits for the answer; no money is asked of one who left
 */
public record Caller(String address, BooleanSupplier isThere) {}
