package org.codius.hyper.auto;

import java.nio.file.Path;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.cri.RuntimeHandler;

/**
 * A containerd of our own, with one runtime handler.
 *
 * <p>It is tried in another containerd, for this one time: a runtime that does not work may not let
 * go of the pod, and then there is nothing for it but to kill all.
 */
record PrivateCandidate(EmbeddedContainerdConfig config, RuntimeHandler handler, ProbeNotes notes)
    implements Candidate {

  private static final String INSTANCE = "codiustry";

  @Override
  public String name() {
    return "private containerd with " + handler.name();
  }

  @Override
  public Isolation isolation() {
    return handler.isolation();
  }

  @Override
  public Proof prove() {
    CriProbe probe =
        notes.probe(
            "private " + handler + " " + ProbeNotes.installed(handler.program()), this::runApart);
    return new Proof(ProbeNotes.words(probe), () -> open(probe));
  }

  private Opened open(CriProbe probe) {
    EmbeddedContainerd containerd = EmbeddedContainerd.start(config.with(handler, false));
    try {
      return new Opened(
          CriDriver.connect(containerd.criConfig().withUserNamespaces(probe.hasUserNamespaces())),
          containerd);
    } catch (RuntimeException e) {
      containerd.close();
      throw e;
    }
  }

  private CriProbe runApart(Path folder) {
    EmbeddedContainerd containerd =
        EmbeddedContainerd.start(
            EmbeddedContainerdConfig.of(INSTANCE, folder.resolve("try")).with(handler, false));
    try {
      return CriProbe.run(containerd.criConfig());
    } finally {
      containerd.stop();
    }
  }
}
