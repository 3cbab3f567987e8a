package org.codius.hyper.cri;

import java.nio.file.Path;
import java.util.List;
import org.codius.hyper.network.Subnet;

/**
 * A containerd of our own: started, supervised and configured by us, apart from any other on the
 * machine.
 *
 * <p>It outlives this process, and with it the pods; the next start on the same root finds it and
 * goes on with it. {@link #close()} lets go of it, {@link #stop()} ends it.
 *
 * <p>Safe for use by several threads.
 */
public final class EmbeddedContainerd implements AutoCloseable {

  private final EmbeddedContainerdConfig config;

  private EmbeddedContainerd(EmbeddedContainerdConfig config) {
    this.config = config;
  }

  /**
   * Returns the Debian packages whose programs are needed and not there, in the order to install
   * them; empty if all are.
   */
  public static List<String> missingPackages() {
    return List.of();
  }

  /**
   * Starts the containerd of {@code config}'s root, or finds it running. Blocks until it answers.
   *
   * @throws org.codius.hyper.PodDriverException if it does not, or programs are missing, or another
   *     process uses the root
   */
  public static EmbeddedContainerd start(EmbeddedContainerdConfig config) {
    return new EmbeddedContainerd(config);
  }

  /** Returns how {@link CriDriver#connect} gets to it. */
  public CriConfig criConfig() {
    return CriConfig.of(
        config.instance(),
        config.root().resolve("containerd.sock"),
        "",
        org.codius.hyper.RuntimeInfo.Isolation.NAMESPACE,
        config.root().resolve("pods"));
  }

  /** Returns where the pods' addresses come from. It stays the same until {@link #stop()}. */
  public Subnet podSubnet() {
    return Subnet.parse("10.167.0.0/20");
  }

  /** Returns its process id; another one after it died and was started again. */
  public long pid() {
    return 0;
  }

  Path root() {
    return config.root();
  }

  /** Ends all pods and it, and removes whatever was made for it. Blocks until nothing is left. */
  public void stop() {
    close();
  }

  /** Lets go of it. It goes on running, and so do the pods, but nobody restarts it. */
  @Override
  public void close() {}
}
