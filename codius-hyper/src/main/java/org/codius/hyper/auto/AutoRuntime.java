package org.codius.hyper.auto;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.RuntimeHandler;
import org.jspecify.annotations.Nullable;

/**
 * The runtime with the strongest isolation of those that work on this machine.
 *
 * <p>A runtime works if a pod of ours ran to its exit under it within ten seconds. A virtual
 * machine comes before a kernel in user space, that before namespaces; and what we run ourselves
 * before what the machine has, because we know its network.
 *
 * @param containerd the private containerd behind it, if it is one
 * @param findings all that there was to choose from, and why it was or was not chosen
 */
public record AutoRuntime(
    PodDriver driver, @Nullable EmbeddedContainerd containerd, List<Finding> findings)
    implements AutoCloseable {

  public AutoRuntime {
    findings = List.copyOf(findings);
  }

  /**
   * Tries what there is until something works, and opens it. Blocks, for up to half a minute for
   * each that does not work and was not tried before.
   *
   * @param loops for hyperd
   * @throws PodDriverException if nothing works; it says why of each. {@code FIREWALL_FAILED} if
   *     what does cannot be kept apart
   */
  public static AutoRuntime open(AutoConfig config, EventLoopGroup loops) {
    List<Finding> findings = new ArrayList<>();
    Candidate.Opened opened =
        first(config, loops, findings, proof -> proof.opening().get())
            .orElseThrow(
                () ->
                    new PodDriverException(
                        Reason.RUNTIME_UNAVAILABLE,
                        "find a runtime: none works; "
                            + findings.stream()
                                .map(Finding::toString)
                                .collect(Collectors.joining("; "))));
    return new AutoRuntime(opened.driver(), opened.containerd(), findings);
  }

  /**
   * Returns what {@link #open} would find, without opening it. None is chosen if none works. Blocks
   * like it.
   */
  public static List<Finding> look(AutoConfig config, EventLoopGroup loops) {
    List<Finding> findings = new ArrayList<>();
    try {
      first(config, loops, findings, Candidate.Proof::words);
    } catch (PodDriverException e) {
      // one of the findings says so
    }
    return List.copyOf(findings);
  }

  /** Returns what {@code use} makes of the first that works, and notes what was found of all. */
  @CanIgnoreReturnValue
  private static <T> Optional<T> first(
      AutoConfig config,
      EventLoopGroup loops,
      List<Finding> findings,
      Function<Candidate.Proof, T> use) {
    List<Candidate> candidates = candidates(config, loops, findings);
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      try {
        Candidate.Proof proof = candidate.prove();
        T used = use.apply(proof);
        findings.add(new Finding(candidate.name(), candidate.isolation(), true, proof.words()));
        candidates.subList(i + 1, candidates.size()).stream()
            .map(rest -> new Finding(rest.name(), rest.isolation(), false, "not needed"))
            .forEach(findings::add);
        return Optional.of(used);
      } catch (PodDriverException e) {
        findings.add(new Finding(candidate.name(), candidate.isolation(), false, e.getMessage()));
        if (e.reason() == Reason.FIREWALL_FAILED) {
          throw e; // it is the same one for all
        }
      }
    }
    return Optional.empty();
  }

  /** Returns what is worth trying, strongest first, and notes what is not. */
  private static List<Candidate> candidates(
      AutoConfig config, EventLoopGroup loops, List<Finding> findings) {
    ProbeNotes notes = new ProbeNotes(config.notes(), InstantSource.system());
    List<Candidate> candidates = new ArrayList<>();
    List<String> missing = EmbeddedContainerd.missingPackages();
    if (missing.isEmpty()) {
      for (RuntimeHandler handler : config.handlers()) {
        candidates.add(new PrivateCandidate(config.own(), handler, notes));
      }
    } else {
      findings.add(
          new Finding(
              "private containerd",
              Isolation.NAMESPACE,
              false,
              "packages are missing: " + String.join(" ", missing)));
    }
    Set<Path> sockets = new LinkedHashSet<>(config.sockets());
    if (config.configured() != null) {
      sockets.add(config.configured());
    }
    for (Path socket : sockets) {
      if (Files.exists(socket)) {
        addHandlers(config, socket, notes, candidates, findings);
      } else if (socket.equals(config.configured())) {
        findings.add(missing(socket.toString(), Isolation.NAMESPACE));
      }
    }
    if (config.hyperd() != null) {
      HyperdCandidate hyperd = new HyperdCandidate(config.hyperd(), loops, notes);
      if (Files.exists(config.hyperd().socket())) {
        candidates.add(hyperd);
      } else {
        findings.add(missing(hyperd.name(), hyperd.isolation()));
      }
    }
    candidates.sort(Comparator.comparing(Candidate::isolation)); // keeps the order of equals
    return candidates;
  }

  /** What an operator asked for and is not there is worth a word, unlike the usual places. */
  private static Finding missing(String candidate, Isolation isolation) {
    return new Finding(candidate, isolation, false, "there is no such socket");
  }

  private static void addHandlers(
      AutoConfig config,
      Path socket,
      ProbeNotes notes,
      List<Candidate> candidates,
      List<Finding> findings) {
    CriProbe.Offer offer;
    try {
      offer = CriProbe.ask(socket);
    } catch (PodDriverException e) {
      findings.add(new Finding(socket.toString(), Isolation.NAMESPACE, false, e.getMessage()));
      return;
    }
    for (String handler : offer.handlers()) {
      CriConfig use = config.criConfig(socket, handler);
      SystemCandidate candidate =
          new SystemCandidate(use, offer.name() + " " + offer.version(), notes);
      if (use.isolation() != Isolation.NAMESPACE || socket.equals(config.configured())) {
        candidates.add(candidate);
      } else {
        findings.add(
            new Finding(
                candidate.name(),
                use.isolation(),
                false,
                "it isolates no better than a containerd of our own would"));
      }
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
}
