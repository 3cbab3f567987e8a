package org.codius.daemon.lease;

import java.util.Optional;

/**
 * What one rule says of an order.
 *
 * @param rule its name
 * @param refusal why it cannot be sold, if so
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
public record Verdict(String rule, Optional<RefusedException> refusal) {}
