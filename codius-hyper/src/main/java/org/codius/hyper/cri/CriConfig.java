package org.codius.hyper.cri;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.image.ImagePolicy;
import org.codius.hyper.network.Subnet;
import org.jspecify.annotations.Nullable;

/**
 * Which runtime to use, and how.
 *
 * @param instance tells this daemon's pods from those of another, see {@link
 *     org.codius.hyper.PodId}
 * @param socket the runtime's Unix socket
 * @param runtimeHandler what the runtime runs a pod with, as in its own configuration ({@code
 *     runc}, {@code kata}, {@code runsc}); empty for its default
 * @param isolation what that handler puts between a pod and its host
 * @param directory where the pods' logs are kept; made if missing
 * @param registries where the runtime looks for its registries' {@code hosts.toml} files, if it is
 *     ours to write to
 * @param images where images may come from. A runtime whose {@code registries} are ours to write to
 *     is held to it to the last redirect; another is only asked for what passed the check
 * @param podSubnets where the pods' addresses come from, if known: traffic of an address in them
 *     that is no pod's is dropped
 * @param hasUserNamespaces whether the runtime keeps pods in user namespaces when asked to; to be
 *     claimed only after a look at a pod's {@code uid_map}, some ignore it in silence
 * @param nameServers whom the pods ask for names; must be public, as pods reach nothing else
 */
public record CriConfig(
    String instance,
    Path socket,
    String runtimeHandler,
    Isolation isolation,
    Path directory,
    @Nullable Path registries,
    ImagePolicy images,
    List<Subnet> podSubnets,
    boolean hasUserNamespaces,
    List<String> nameServers,
    Limits limits) {

  /** Cloudflare's and Quad9's. The host's own are often on a private network. */
  static final List<String> PUBLIC_NAME_SERVERS = List.of("1.1.1.1", "9.9.9.9");

  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{1,16}");

  public CriConfig {
    requireNonNull(socket, "socket");
    requireNonNull(isolation, "isolation");
    requireNonNull(images, "images");
    requireNonNull(limits, "limits");
    directory = directory.toAbsolutePath().normalize();
    podSubnets = List.copyOf(podSubnets);
    nameServers = List.copyOf(nameServers);
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 16 of a-z, 0-9)");
    }
  }

  /**
   * Returns how to use a runtime that somebody else set up, with {@link Limits#DEFAULT}.
   *
   * <p>Its pod network must give each pod an interface of its own on the host, as the CNI plugin
   * {@code ptp} does; behind a bridge pods are not kept apart, so there they are not run.
   */
  public static CriConfig of(
      String instance, Path socket, String runtimeHandler, Isolation isolation, Path directory) {
    return new CriConfig(
        instance,
        socket,
        runtimeHandler,
        isolation,
        directory,
        null,
        ImagePolicy.DEFAULT,
        List.of(),
        false,
        PUBLIC_NAME_SERVERS,
        Limits.DEFAULT);
  }

  /** Returns this with other rules for images, and other name servers for the pods. */
  public CriConfig with(ImagePolicy images, List<String> nameServers) {
    return new CriConfig(
        instance,
        socket,
        runtimeHandler,
        isolation,
        directory,
        registries,
        images,
        podSubnets,
        hasUserNamespaces,
        nameServers,
        limits);
  }

  /** Returns this with other limits. */
  public CriConfig with(Limits limits) {
    return new CriConfig(
        instance,
        socket,
        runtimeHandler,
        isolation,
        directory,
        registries,
        images,
        podSubnets,
        hasUserNamespaces,
        nameServers,
        limits);
  }

  /** Returns the same, asking for user namespaces or not. */
  public CriConfig withUserNamespaces(boolean userNamespaces) {
    return new CriConfig(
        instance,
        socket,
        runtimeHandler,
        isolation,
        directory,
        registries,
        images,
        podSubnets,
        userNamespaces,
        nameServers,
        limits);
  }

  /** Returns what a handler of that name usually puts between a pod and its host. */
  public static Isolation isolationOf(String runtimeHandler) {
    if (runtimeHandler.startsWith("kata")) {
      return Isolation.VM;
    }
    return runtimeHandler.startsWith("runsc") || runtimeHandler.startsWith("gvisor")
        ? Isolation.KERNEL
        : Isolation.NAMESPACE;
  }

  /**
   * How long to wait, and how much to keep.
   *
   * @param callTimeout for one question or short order to the runtime
   * @param pullTimeout for an image to arrive
   * @param startTimeout for a pod to be up, all containers started
   * @param removeTimeout for a pod to be gone
   * @param logBytes how much of a container's newest output is kept, in bytes; some more for a
   *     moment
   * @param imageBytes how much the images pulled may take up on disk before those used longest ago
   *     are thrown away, in bytes
   * @param concurrentCalls how many orders are worked on at a time
   */
  public record Limits(
      Duration callTimeout,
      Duration pullTimeout,
      Duration startTimeout,
      Duration removeTimeout,
      long logBytes,
      long imageBytes,
      int concurrentCalls) {

    public static final Limits DEFAULT =
        new Limits(
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            16L << 20,
            20L << 30,
            16);

    private static final int LEAST_LOG_BYTES = 64 << 10;

    /**
     * Returns this with other bounds for what is kept on disk.
     *
     * @param logBytes see {@link #logBytes}
     * @param imageBytes see {@link #imageBytes}
     */
    public Limits keeping(long logBytes, long imageBytes) {
      return new Limits(
          callTimeout,
          pullTimeout,
          startTimeout,
          removeTimeout,
          logBytes,
          imageBytes,
          concurrentCalls);
    }

    public Limits {
      if (callTimeout.isNegative() || callTimeout.isZero()) {
        throw new IllegalArgumentException("callTimeout: " + callTimeout + " (expected: above 0)");
      }
      if (pullTimeout.isNegative() || pullTimeout.isZero()) {
        throw new IllegalArgumentException("pullTimeout: " + pullTimeout + " (expected: above 0)");
      }
      if (startTimeout.isNegative() || startTimeout.isZero()) {
        throw new IllegalArgumentException(
            "startTimeout: " + startTimeout + " (expected: above 0)");
      }
      if (removeTimeout.isNegative() || removeTimeout.isZero()) {
        throw new IllegalArgumentException(
            "removeTimeout: " + removeTimeout + " (expected: above 0)");
      }
      if (logBytes < LEAST_LOG_BYTES) {
        throw new IllegalArgumentException(
            "logBytes: " + logBytes + " (expected: at least " + LEAST_LOG_BYTES + ")");
      }
      if (imageBytes < 0) {
        throw new IllegalArgumentException("imageBytes: " + imageBytes + " (expected: at least 0)");
      }
      if (concurrentCalls < 1) {
        throw new IllegalArgumentException(
            "concurrentCalls: " + concurrentCalls + " (expected: at least 1)");
      }
    }
  }
}
