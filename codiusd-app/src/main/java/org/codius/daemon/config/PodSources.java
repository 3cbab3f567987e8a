package org.codius.daemon.config;

import com.google.common.net.InetAddresses;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.codius.hyper.image.ImagePolicy;

/**
 * Where pods get what they are made of.
 *
 * @param nameServers whom they ask for names: IP addresses
 */
public record PodSources(ImagePolicy images, List<String> nameServers) {

  /** Those of {@link ImagePolicy#DEFAULT}, in the order to tell them. */
  private static final List<String> REGISTRIES =
      List.of("docker.io", "ghcr.io", "quay.io", "registry.gitlab.com", "public.ecr.aws");

  /** Two public resolvers that sell no data. */
  private static final List<String> NAME_SERVERS = List.of("1.1.1.1", "9.9.9.9");

  public PodSources {
    nameServers = List.copyOf(nameServers);
  }

  /** Returns this with one more registry to pull from. */
  public PodSources with(String registry) {
    Set<String> all = new TreeSet<>(images.registries());
    all.add(registry);
    return new PodSources(images.withRegistries(all), nameServers);
  }

  /**
   * Reads where images and names come from.
   *
   * @param isOnlyForUs whether nobody else can upload: then a registry on this machine is as good
   *     as any
   */
  static PodSources from(Settings settings, boolean isOnlyForUs) {
    Set<String> registries =
        Set.copyOf(
            settings.list(
                "CODIUS_REGISTRIES",
                REGISTRIES,
                "a list of hosts, or * for any",
                ImagePolicy::requireRegistry));
    ImagePolicy images =
        ImagePolicy.DEFAULT
            .withRegistries(registries)
            .withLogins(RegistryLogins.from(settings, registries));
    List<String> nameServers =
        settings.list(
            "CODIUS_POD_DNS", NAME_SERVERS, "a list of IP addresses", InetAddresses::forString);
    return new PodSources(isOnlyForUs ? images.withLoopback() : images, nameServers);
  }
}
