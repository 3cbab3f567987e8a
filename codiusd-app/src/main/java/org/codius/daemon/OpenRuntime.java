package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.util.List;
import org.codius.daemon.config.PodRuntime;
import org.codius.daemon.config.PodSources;
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
  static OpenRuntime open(
      PodRuntime runtime, PodSources sources, DataFolder folder, EventLoopGroup loops) {
    if (runtime instanceof PodRuntime.Cri cri) {
      return cri(cri, sources, folder);
    }
    if (runtime instanceof PodRuntime.Hyperd hyperd) {
      return hyperd(hyperd, folder, loops);
    }
    if (runtime instanceof PodRuntime.Auto auto) {
      return open(auto.choose(), sources, folder, loops);
    }
    return privateContainerd(sources, folder);
  }

  private static OpenRuntime cri(PodRuntime.Cri cri, PodSources sources, DataFolder folder) {
    CriConfig config =
        CriConfig.of(
                folder.instance(),
                cri.socket(),
                cri.handler(),
                CriConfig.isolationOf(cri.handler()),
                folder.runtime())
            .with(sources.images(), sources.nameServers());
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

  private static OpenRuntime hyperd(
      PodRuntime.Hyperd hyperd, DataFolder folder, EventLoopGroup loops) {
    if (!hyperd.isOpenNetworkAccepted()) {
      throw new StartException(
          "hyperd puts all pods on one bridge, where nothing keeps them apart",
          "Use CODIUS_DRIVER=containerd, or accept it with CODIUS_HYPER_OPEN_NETWORK=true.");
    }
    HyperdConfig config =
        HyperdConfig.of(hyperd.socket(), folder.instance()).acceptingOpenNetwork();
    return new OpenRuntime(HyperdDriver.connect(config, loops), null);
  }

  private static OpenRuntime privateContainerd(PodSources sources, DataFolder folder) {
    List<String> missing = EmbeddedContainerd.missingPackages();
    if (!missing.isEmpty()) {
      throw new StartException(
          "programs that run pods are missing: " + String.join(", ", missing),
          "As root: apt-get install -y --no-install-recommends " + String.join(" ", missing));
    }
    try {
      EmbeddedContainerd containerd =
          EmbeddedContainerd.start(
              EmbeddedContainerdConfig.of(folder.instance(), folder.runtime())
                  .with(sources.images(), sources.nameServers()));
      return new OpenRuntime(CriDriver.connect(containerd.criConfig()), containerd);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "data folder: " + e.getMessage(), "Set CODIUS_ROOT to a folder with a shorter path.", e);
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
