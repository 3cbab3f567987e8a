package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.util.List;
import java.util.Optional;
import org.codius.daemon.config.PodRuntime;
import org.codius.daemon.config.PodSources;
import org.codius.daemon.store.DataFolder;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.auto.AutoRuntime;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.hyperd.HyperdDriver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs the pods.
 *
 * @param containerd the private containerd behind it, if it is one
 */
record OpenRuntime(PodDriver driver, @Nullable EmbeddedContainerd containerd)
    implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenRuntime.class);

  /**
   * Opens what {@code runtime} says. If only the firewall cannot be applied, what is opened runs no
   * pods: the host can then still answer, and say so.
   *
   * @param limits of a runtime that speaks CRI
   * @throws StartException if it does not answer, or programs it needs are missing
   */
  static OpenRuntime open(
      PodRuntime runtime,
      PodSources sources,
      CriConfig.Limits limits,
      DataFolder folder,
      EventLoopGroup loops) {
    try {
      if (runtime instanceof PodRuntime.Cri cri) {
        return cri(cri, sources, limits, folder);
      }
      if (runtime instanceof PodRuntime.Hyperd hyperd) {
        return hyperd(hyperd, sources, folder, loops);
      }
      return choice((PodRuntime.Choice) runtime, sources, limits, folder, loops);
    } catch (StartException e) {
      if (e.getCause() instanceof PodDriverException failure
          && failure.reason() == Reason.FIREWALL_FAILED
          && !Thread.currentThread().isInterrupted()) { // else the start was broken off, and ends
        log.error("no pods are run until the next start: reason=\"{}\"", failure.getMessage());
        return new OpenRuntime(new NoPods(failure), null);
      }
      throw e;
    }
  }

  /** Returns why it runs no pods, if so. */
  Optional<String> obstacle() {
    return driver instanceof NoPods none
        ? Optional.of(none.reason().getMessage())
        : Optional.empty();
  }

  private static OpenRuntime cri(
      PodRuntime.Cri cri, PodSources sources, CriConfig.Limits limits, DataFolder folder) {
    CriConfig config =
        CriConfig.of(
                folder.instance(),
                cri.socket(),
                cri.handler(),
                CriConfig.isolationOf(cri.handler()),
                folder.runtime())
            .with(sources.images(), sources.nameServers())
            .with(limits);
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
      PodRuntime.Hyperd hyperd, PodSources sources, DataFolder folder, EventLoopGroup loops) {
    return new OpenRuntime(
        HyperdDriver.connect(hyperd.config(folder.instance(), sources), loops), null);
  }

  private static OpenRuntime choice(
      PodRuntime.Choice choice,
      PodSources sources,
      CriConfig.Limits limits,
      DataFolder folder,
      EventLoopGroup loops) {
    try {
      AutoRuntime chosen =
          AutoRuntime.open(
              choice.among(folder.instance(), folder.runtime(), sources).with(limits), loops);
      chosen
          .findings()
          .forEach(
              finding ->
                  log.info(
                      "runtime {} candidate=\"{}\" isolation={} reason=\"{}\"",
                      finding.isChosen() ? "chosen" : "not chosen",
                      finding.candidate(),
                      finding.isolation(),
                      finding.words()));
      return new OpenRuntime(chosen.driver(), chosen.containerd());
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "data folder: " + e.getMessage(), "Set CODIUS_ROOT to a folder with a shorter path.", e);
    } catch (PodDriverException e) {
      List<String> missing = EmbeddedContainerd.missingPackages();
      throw new StartException(
          e.getMessage(),
          missing.isEmpty()
              ? "%s has containerd's log; codiusd doctor looks into the rest."
                  .formatted(folder.runtime())
              : "As root: apt-get install -y --no-install-recommends " + String.join(" ", missing),
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
