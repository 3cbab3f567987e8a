package org.codius.hyper.cri;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.codius.hyper.image.ImagePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Where a private containerd lives, and how patient we are with it.
 *
 * @param instance whose pods it runs, see {@link org.codius.hyper.PodId}
 * @param root the folder that holds all it needs; made if missing, and gone after {@link
 *     EmbeddedContainerd#stop()}. At most {@value #LONGEST_ROOT} characters, because its socket is
 *     in it
 * @param images see {@link CriConfig}
 * @param handler what it runs the pods with; null for runc, as installed
 * @param hasUserNamespaces see {@link CriConfig}
 * @param nameServers see {@link CriConfig}
 * @param limits see {@link CriConfig}
 * @param startTimeout for containerd to answer, and at {@link EmbeddedContainerd#stop()} to end
 */
public record EmbeddedContainerdConfig(
    String instance,
    Path root,
    ImagePolicy images,
    @Nullable RuntimeHandler handler,
    boolean hasUserNamespaces,
    List<String> nameServers,
    CriConfig.Limits limits,
    Duration startTimeout) {

  /** A Unix socket's path has 107 characters; the longest name put behind the root has 24. */
  static final int LONGEST_ROOT = 80;

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private static final Pattern INSTANCE = Pattern.compile("[a-z0-9]{1,16}");

  public EmbeddedContainerdConfig {
    root = root.toAbsolutePath().normalize();
    nameServers = List.copyOf(nameServers);
    if (!INSTANCE.matcher(instance).matches()) {
      throw new IllegalArgumentException(
          "instance: \"" + instance + "\" (expected: 1 to 16 of a-z, 0-9)");
    }
    if (root.toString().length() > LONGEST_ROOT) {
      throw new IllegalArgumentException(
          "root: " + root + " (expected: at most " + LONGEST_ROOT + " characters)");
    }
  }

  /** Returns the configuration that is right unless there is a reason. */
  public static EmbeddedContainerdConfig of(String instance, Path root) {
    return new EmbeddedContainerdConfig(
        instance,
        root,
        ImagePolicy.DEFAULT,
        null,
        false,
        CriConfig.PUBLIC_NAME_SERVERS,
        CriConfig.Limits.DEFAULT,
        START_TIMEOUT);
  }

  /** Returns this with other rules for images, and other name servers for the pods. */
  public EmbeddedContainerdConfig with(ImagePolicy images, List<String> nameServers) {
    return new EmbeddedContainerdConfig(
        instance, root, images, handler, hasUserNamespaces, nameServers, limits, startTimeout);
  }

  /** Returns this with other limits. */
  public EmbeddedContainerdConfig with(CriConfig.Limits other) {
    return new EmbeddedContainerdConfig(
        instance, root, images, handler, hasUserNamespaces, nameServers, other, startTimeout);
  }

  /** Returns this with another runtime handler. */
  public EmbeddedContainerdConfig with(RuntimeHandler other, boolean userNamespaces) {
    return new EmbeddedContainerdConfig(
        instance, root, images, other, userNamespaces, nameServers, limits, startTimeout);
  }
}
