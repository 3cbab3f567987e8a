package org.codius.manifest;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.collect.ImmutableSet;
import java.util.Set;

/**
 * Which of the original's two opinions on manifests applies, and this host's limits.
 *
 * <p>The original's host and its npm library disagree in details; {@code docs/differences.md} has
 * them.
 *
 * @param dialect whose opinion
 * @param machines the machines a manifest may ask for; none for any
 * @param maxBytes the largest document that is read
 * @param maxContainers the most containers of a manifest
 * @param maxVariables the most variables of a manifest, and the most environment variables of a
 *     container
 */
public record Rules(
    Dialect dialect, Set<Machine> machines, int maxBytes, int maxContainers, int maxVariables) {

  /** Whose opinion. */
  public enum Dialect {
    /** What codiusd sells. */
    HOST,
    /** What npm codius-manifest's {@code validateGeneratedManifest} accepts. */
    GENERATED
  }

  /** The largest document that is read: what the original's web server takes. */
  private static final int MAX_BYTES = 1 << 20;

  private static final int MAX_CONTAINERS = 64;
  private static final int MAX_VARIABLES = 1024;

  /** What a host sells: codiusd 1.2.5, without what could not be run. */
  public static final Rules HOST = of(Dialect.HOST);

  /** What tools make: npm codius-manifest 2.2.3, error for error. */
  public static final Rules GENERATED = of(Dialect.GENERATED);

  public Rules {
    machines = ImmutableSet.copyOf(machines);
    checkArgument(maxBytes > 0, "maxBytes: %s (expected: > 0)", maxBytes);
    checkArgument(maxContainers > 0, "maxContainers: %s (expected: > 0)", maxContainers);
    checkArgument(maxVariables > 0, "maxVariables: %s (expected: > 0)", maxVariables);
  }

  /** Returns these rules for a host that sells {@code machines}. */
  public Rules withMachines(Set<Machine> machines) {
    return new Rules(dialect, machines, maxBytes, maxContainers, maxVariables);
  }

  /** Returns these rules for who does not know yet what the host sells. */
  public Rules withAnyMachine() {
    return withMachines(ImmutableSet.of());
  }

  private static Rules of(Dialect dialect) {
    return new Rules(
        dialect, ImmutableSet.of(Machine.SMALL), MAX_BYTES, MAX_CONTAINERS, MAX_VARIABLES);
  }
}
