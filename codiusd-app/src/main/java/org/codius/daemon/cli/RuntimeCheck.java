package org.codius.daemon.cli;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.PodRuntime;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.auto.AutoRuntime;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdProbe;

/** Looks for what runs pods, as the daemon would. */
final class RuntimeCheck {

  private static final String CHECK = "runtime";

  private final Consumer<String> progress;

  RuntimeCheck(Consumer<String> progress) {
    this.progress = progress;
  }

  /** Returns what was found: one of it at least, several where there is a choice. */
  List<Finding> look(DaemonConfig config) {
    PodRuntime runtime = config.runtime();
    if (runtime instanceof PodRuntime.Cri cri) {
      return List.of(probe(cri, config));
    }
    if (runtime instanceof PodRuntime.Hyperd hyperd) {
      return List.of(probe(hyperd, config));
    }
    return choose((PodRuntime.Choice) runtime, config);
  }

  private Finding probe(PodRuntime.Cri cri, DaemonConfig config) {
    Finding socket = socket("containerd or CRI-O", cri.socket());
    if (socket.verdict() != Finding.Verdict.OK || !SystemPackages.isRoot()) {
      return socket;
    }
    progress.accept("running a pod at " + cri.socket());
    try {
      CriProbe.Offer offer = CriProbe.ask(cri.socket());
      CriProbe probe =
          CriProbe.run(
              CriConfig.of(
                      "doctor",
                      cri.socket(),
                      cri.handler(),
                      CriConfig.isolationOf(cri.handler()),
                      PodRuntime.NOTES.resolveSibling("doctor"))
                  .with(config.sources().images(), config.sources().nameServers()));
      return Finding.ok(
          CHECK,
          "%s %s at %s: a pod ran to its exit, %s a user namespace"
              .formatted(
                  offer.name(),
                  offer.version(),
                  cri.socket(),
                  probe.hasUserNamespaces() ? "in" : "without"));
    } catch (PodDriverException e) {
      return Finding.problem(
          CHECK,
          "at %s: %s".formatted(cri.socket(), e.getMessage()),
          "Its own log may say why (journalctl -u codius-containerd). Is CODIUS_CRI_HANDLER one it"
              + " has?");
    }
  }

  private Finding probe(PodRuntime.Hyperd hyperd, DaemonConfig config) {
    Finding socket = socket("hyperd", hyperd.socket());
    if (socket.verdict() != Finding.Verdict.OK) {
      return socket;
    }
    progress.accept("running a pod at " + hyperd.socket());
    HyperdConfig ours = hyperd.config("doctor", config.sources());
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      String version = HyperdProbe.version(ours, loops);
      HyperdProbe.run(ours, loops);
      return Finding.ok(
          CHECK, "hyperd %s at %s: a pod ran to its exit".formatted(version, hyperd.socket()));
    } catch (PodDriverException e) {
      return Finding.problem(
          CHECK,
          "at %s: %s".formatted(hyperd.socket(), e.getMessage()),
          "Is it hyperd that listens there? Its own log may say more.");
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static Finding socket(String name, Path socket) {
    return Files.isWritable(socket)
        ? Finding.ok(CHECK, name + " at " + socket)
        : Finding.problem(
            CHECK,
            name + " has no socket at " + socket + " that we can write to",
            "Start it, or unset CODIUS_DRIVER: codiusd then runs a containerd of its own.");
  }

  private List<Finding> choose(PodRuntime.Choice choice, DaemonConfig config) {
    if (!SystemPackages.isRoot()) {
      return List.of(
          Finding.warning(
              CHECK, "not looked for: only root can try", "sudo " + Program.name() + " doctor"));
    }
    progress.accept("trying what could run pods");
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      return findings(
          AutoRuntime.look(choice.among("doctor", config.root(), config.sources()), loops));
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static List<Finding> findings(List<org.codius.hyper.auto.Finding> found) {
    List<Finding> findings = new ArrayList<>();
    Optional<Isolation> chosen =
        found.stream()
            .filter(org.codius.hyper.auto.Finding::isChosen)
            .map(org.codius.hyper.auto.Finding::isolation)
            .findFirst();
    for (org.codius.hyper.auto.Finding each : found) {
      boolean isStronger = chosen.map(each.isolation()::compareTo).orElse(-1) < 0;
      findings.add(
          isStronger
              ? Finding.warning(
                  CHECK,
                  each.toString(),
                  "Would it work, it would isolate better than what is used.")
              : Finding.ok(CHECK, each.toString()));
    }
    if (chosen.isEmpty()) {
      List<String> missing = EmbeddedContainerd.missingPackages();
      findings.add(
          Finding.problem(
              CHECK,
              "nothing here runs pods",
              missing.isEmpty()
                  ? "What keeps each of them from it is said above."
                  : SystemPackages.installCommand(missing)));
    }
    return findings;
  }
}
