package org.codius.daemon.selftest;

import java.time.Instant;

/**
 * How a self test ended.
 *
 * @param at when
 * @param wasPaid whether money went out for it
 * @param message what was seen, in a sentence
 * @param help what to do about it; empty if it passed
 */
public record SelfTestResult(
    Instant at, boolean isPassed, boolean wasPaid, String message, String help) {}
