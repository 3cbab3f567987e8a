package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codius.daemon.DaemonConfig.PodRuntime;
import org.codius.daemon.store.DataFolder;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;
import org.jspecify.annotations.Nullable;

/**
 * What runs the pods.
 *
 * @param containerd the private containerd behind it, if it is one
 */
record OpenRuntime(PodDriver driver, @Nullable EmbeddedContainerd containerd)
    implements AutoCloseable {

  /**
   * Opens what {@code runtime} says.
   *
   * @throws StartException if it does not answer, or programs it needs are missing
   */
  static OpenRuntime open(PodRuntime runtime, DataFolder folder, EventLoopGroup loops) {
    if (runtime instanceof PodRuntime.Cri cri) {
      return cri(cri, folder);
    }
    if (runtime instanceof PodRuntime.Hyperd hyperd) {
      return hyperd(hyperd.socket(), folder, loops);
    }
    if (runtime instanceof PodRuntime.Auto auto && Files.exists(auto.hyperSocket())) {
      return hyperd(auto.hyperSocket(), folder, loops);
    }
    return privateContainerd(folder);
  }

  private static OpenRuntime cri(PodRuntime.Cri cri, DataFolder folder) {
    CriConfig config =
        CriConfig.of(
            folder.instance(),
            cri.socket(),
            cri.handler(),
            CriConfig.isolationOf(cri.handler()),
            folder.runtime());
    try {
      return new OpenRuntime(CriDriver.connect(config), null);
    } catch (PodDriverException e) {
      throw new StartException(
          e.getMessage(),
          "Is a containerd or CRI-O running at %s? Without CODIUS_DRIVER=cri codiusd runs one of its own."
              .formatted(cri.socket()),
          e);
    }
  }

  private static OpenRuntime hyperd(Path socket, DataFolder folder, EventLoopGroup loops) {
    try {
      return new OpenRuntime(
          HyperdDriver.connect(HyperdConfig.of(socket, folder.instance()), loops), null);
    } catch (PodDriverException e) {
      throw new StartException(
          e.getMessage(),
          "Is hyperd running? With CODIUS_DRIVER=containerd codiusd runs a containerd of its own.",
          e);
    }
  }

  private static OpenRuntime privateContainerd(DataFolder folder) {
    List<String> missing = EmbeddedContainerd.missingPackages();
    if (!missing.isEmpty()) {
      throw new StartException(
          "programs that run pods are missing: " + String.join(", ", missing),
          "As root: apt-get install -y --no-install-recommends " + String.join(" ", missing));
    }
    try {
      EmbeddedContainerd containerd =
          EmbeddedContainerd.start(
              EmbeddedContainerdConfig.of(folder.instance(), folder.runtime()));
      return new OpenRuntime(CriDriver.connect(containerd.criConfig()), containerd);
    } catch (PodDriverException e) {
      throw new StartException(
          e.getMessage(),
          "%s has containerd's log; codiusd doctor looks into the rest."
              .formatted(folder.runtime()),
          e);
    }
  }

  /** Lets go of it. Pods go on running. */
  @Override
  public void close() {
    driver.close();
    if (containerd != null) {
      containerd.close();
    }
  }

  /** Ends what was started for the pods. */
  void stop() {
    driver.close();
    if (containerd != null) {
      containerd.stop();
    }
  }
}
