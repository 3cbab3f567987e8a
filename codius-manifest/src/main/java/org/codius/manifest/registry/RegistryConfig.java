package org.codius.manifest.registry;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableSet;
import java.time.Duration;
import java.util.Set;

/**
 * How registries are asked.
 *
 * @param timeout for one answer, body included
 * @param attempts how often a question is asked at most, when the connection fails or the registry
 *     is overloaded
 * @param pause before the second attempt; doubled before each further one
 * @param insecureRegistries {@code host[:port]} of registries to ask over plain HTTP; loopback ones
 *     always are
 * @param credentials who to be where
 */
public record RegistryConfig(
    Duration timeout,
    int attempts,
    Duration pause,
    Set<String> insecureRegistries,
    RegistryCredentials credentials) {

  /** Anonymous, HTTPS only, three attempts of ten seconds. */
  public static final RegistryConfig DEFAULT =
      new RegistryConfig(
          Duration.ofSeconds(10),
          3,
          Duration.ofMillis(500),
          ImmutableSet.of(),
          RegistryCredentials.NONE);

  public RegistryConfig {
    requireNonNull(timeout, "timeout");
    requireNonNull(pause, "pause");
    insecureRegistries = ImmutableSet.copyOf(insecureRegistries);
    requireNonNull(credentials, "credentials");
    checkArgument(attempts > 0, "attempts: %s (expected: > 0)", attempts);
  }

  /** Returns this configuration with other credentials. */
  public RegistryConfig withCredentials(RegistryCredentials credentials) {
    return new RegistryConfig(timeout, attempts, pause, insecureRegistries, credentials);
  }

  /** Returns this configuration with other registries that may be asked over plain HTTP. */
  public RegistryConfig withInsecureRegistries(Set<String> registries) {
    return new RegistryConfig(timeout, attempts, pause, registries, credentials);
  }
}
