package org.codius.hyper.image;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which images may be pulled.
 *
 * @param registries hosts, or hosts with ports, that images may come from; {@code *} stands for any
 *     that has a public address
 * @param allowsLoopback whether any registry on the loopback interface may be asked, over plain
 *     HTTP. One that {@code registries} names always may
 * @param logins what to log in with, by registry; only these are ever sent one
 * @param compressedBytes how large an image may be: the sum of its layers as they are stored
 * @param layers how many it may have
 */
public record ImagePolicy(
    Set<String> registries,
    boolean allowsLoopback,
    Map<String, Login> logins,
    long compressedBytes,
    int layers) {

  /** The public registries most images are at; 1 GiB, 100 layers. */
  public static final ImagePolicy DEFAULT =
      new ImagePolicy(
          new LinkedHashSet<>(
              Set.of("docker.io", "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws")),
          false,
          Map.of(),
          1L << 30,
          100);

  private static final String ANY = "*";

  public ImagePolicy {
    registries = Set.copyOf(registries);
    logins = Map.copyOf(logins);
    for (String registry : registries) {
      if (!registry.equals(ANY)) {
        requireRegistry(registry);
      }
    }
    logins.keySet().forEach(ImagePolicy::requireRegistry);
    if (compressedBytes < 1 || layers < 1) {
      throw new IllegalArgumentException(
          "images: %d bytes, %d layers (expected: at least 1 of each)"
              .formatted(compressedBytes, layers));
    }
  }

  private static void requireRegistry(String registry) {
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
    return new ImagePolicy(registries, allowsLoopback, logins, compressedBytes, layers);
  }

  /** Returns this with any registry on the loopback interface allowed besides. */
  public ImagePolicy withLoopback() {
    return new ImagePolicy(registries, true, logins, compressedBytes, layers);
  }

  /** Returns this with {@code logins} to use. */
  public ImagePolicy withLogins(Map<String, Login> logins) {
    return new ImagePolicy(registries, allowsLoopback, logins, compressedBytes, layers);
  }

  /** Returns this with other limits. */
  public ImagePolicy withLimits(long compressedBytes, int layers) {
    return new ImagePolicy(registries, allowsLoopback, logins, compressedBytes, layers);
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
