package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.daemon.config.PodRuntime;
import org.codius.daemon.config.PodSources;
import org.codius.daemon.store.DataFolder;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo;
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

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /**
   * Opens what {@code runtime} says.
   *
   * @param limits of a runtime that speaks CRI
   * @throws StartException if it does not answer, programs it needs are missing, or the firewall
   *     cannot be applied; the last by a {@link PodDriverException} that says so
   */
  static OpenRuntime open(
      PodRuntime runtime,
      PodSources sources,
      CriConfig.Limits limits,
      DataFolder folder,
      EventLoopGroup loops) {
    if (runtime instanceof PodRuntime.Cri cri) {
      return cri(cri, sources, limits, folder);
    }
    if (runtime instanceof PodRuntime.Hyperd hyperd) {
      return hyperd(hyperd, sources, folder, loops);
    }
    return choice((PodRuntime.Choice) runtime, sources, limits, folder, loops);
  }

  /**
   * Asks it what it is.
   *
   * @throws StartException if it does not answer
   */
  RuntimeInfo ask() throws InterruptedException {
    try {
      return driver
          .runtime()
          .toCompletableFuture()
          .get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StartException(
          "ask the runtime for its version: " + e, "codiusd doctor looks into it.", e);
    }
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
