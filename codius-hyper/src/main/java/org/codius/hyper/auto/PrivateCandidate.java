package org.codius.hyper.auto;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.cri.RuntimeHandler;
import org.jspecify.annotations.Nullable;

/** A containerd of our own, with one runtime handler. */
record PrivateCandidate(EmbeddedContainerdConfig config, RuntimeHandler handler, ProbeNotes notes)
    implements Candidate {

  @Override
  public String name() {
    return "private containerd with " + handler.name();
  }

  @Override
  public Isolation isolation() {
    return handler.isolation();
  }

  @Override
  public Opened open() {
    String key = "private " + handler + " " + ProbeNotes.installed(handler.program());
    @Nullable CriProbe probe = null;
    if (handler.isolation() != Isolation.NAMESPACE) {
      probe = notes.probe(key, this::probeApart);
    }
    EmbeddedContainerd containerd = EmbeddedContainerd.start(config.with(handler, false));
    try {
      if (probe == null) {
        probe = notes.probe(key, () -> CriProbe.run(containerd.criConfig()));
      }
      return new Opened(
          CriDriver.connect(containerd.criConfig().withUserNamespaces(probe.hasUserNamespaces())),
          containerd,
          ProbeNotes.words(probe));
    } catch (RuntimeException e) {
      containerd.close();
      throw e;
    }
  }

  /**
   * In another containerd, for this one time: a runtime that does not work may not let go of the
   * pod, and then there is nothing for it but to kill all.
   */
  private CriProbe probeApart() {
    Path root = config.root().resolve("probe");
    EmbeddedContainerdConfig apart =
        new EmbeddedContainerdConfig(
            "try" + Integer.toHexString(ThreadLocalRandom.current().nextInt(1 << 24, 1 << 28)),
            root,
            config.images(),
            handler,
            false,
            config.nameServers(),
            config.limits(),
            config.startTimeout());
    EmbeddedContainerd containerd = EmbeddedContainerd.start(apart);
    try {
      return CriProbe.run(containerd.criConfig());
    } finally {
      containerd.stop();
    }
  }
}
