package org.codius.hyper.auto;

import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriConfig;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.CriProbe;

/**
 * A containerd or CRI-O that the machine has, with one of its runtime handlers.
 *
 * @param version of the runtime
 */
record SystemCandidate(CriConfig config, String version, ProbeNotes notes) implements Candidate {

  @Override
  public String name() {
    return config.socket() + " with " + config.runtimeHandler();
  }

  @Override
  public Isolation isolation() {
    return config.isolation();
  }

  @Override
  public Proof prove() {
    String key = "%s %s %s".formatted(name(), version, ProbeNotes.installed(null));
    CriProbe probe = notes.probe(key, folder -> CriProbe.run(config));
    return new Proof(
        ProbeNotes.words(probe),
        () ->
            new Opened(
                CriDriver.connect(config.withUserNamespaces(probe.hasUserNamespaces())), null));
  }
}
