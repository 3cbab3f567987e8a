package org.codius.hyper.image;

import java.util.Map;
import java.util.Set;

/**
 * Where images may come from.
 *
 * @param registries hosts, or hosts with ports, that images may come from; {@code *} stands for any
 *     that has a public address
 * @param allowsLoopback whether any registry on the loopback interface may be asked, over plain
 *     HTTP. One that {@code registries} names always may
 * @param logins what to log in with, by registry; only these are ever sent one
 */
public record ImagePolicy(
    Set<String> registries, boolean allowsLoopback, Map<String, Login> logins) {

  /** The public registries that most images are at. */
  public static final ImagePolicy DEFAULT =
      new ImagePolicy(
          Set.of("docker.io", "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws"),
          false,
          Map.of());

  private static final String ANY = "*";

  public ImagePolicy {
    registries = Set.copyOf(registries);
    logins = Map.copyOf(logins);
    registries.forEach(ImagePolicy::requireRegistry);
    logins.keySet().forEach(ImagePolicy::requireRegistry);
  }

  /**
   * Checks one of {@code registries}.
   *
   * @throws IllegalArgumentException if it is neither a registry nor {@code *}
   */
  public static void requireRegistry(String registry) {
    if (registry.equals(ANY)) {
      return;
    }
    try {
      ImageName unused = new ImageName(registry, "any", "latest");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "registry: \"%s\" (expected: host or host:port, in lower case)"
              .formatted(ImageName.shown(registry)),
          e);
    }
  }

  /** Returns this with exactly {@code registries} allowed. */
  public ImagePolicy withRegistries(Set<String> registries) {
    return new ImagePolicy(registries, allowsLoopback, logins);
  }

  /** Returns this with any registry on the loopback interface allowed besides. */
  public ImagePolicy withLoopback() {
    return new ImagePolicy(registries, true, logins);
  }

  /** Returns this with {@code logins} to use. */
  public ImagePolicy withLogins(Map<String, Login> logins) {
    return new ImagePolicy(registries, allowsLoopback, logins);
  }

  boolean allows(ImageName image) {
    String registry = image.registry();
    return registries.contains(registry)
        || (image.isOnLoopback() ? allowsLoopback : registries.contains(ANY));
  }

  /** A user name and password, or token, for a registry. */
  public record Login(String user, String password) {

    @Override
    public String toString() {
      return "Login[user=" + user + ", password=***]";
    }
  }
}
