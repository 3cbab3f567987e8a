package org.codius.hyper.auto;

import io.netty.channel.EventLoopGroup;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.host.HostProgram;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;
import org.codius.hyper.hyperd.HyperdProbe;

/** hyperd. */
record HyperdCandidate(HyperdConfig config, EventLoopGroup loops, ProbeNotes notes)
    implements Candidate {

  @Override
  public String name() {
    return "hyperd at " + config.socket();
  }

  @Override
  public Isolation isolation() {
    return Isolation.VM;
  }

  @Override
  public Proof prove() {
    String version = HyperdProbe.version(config, loops);
    String key =
        "%s %s %s"
            .formatted(
                name(),
                version,
                ProbeNotes.installed(
                    HostProgram.find("hyperd").map(HostProgram::path).orElse(null)));
    var unused =
        notes.probe(
            key,
            folder -> {
              HyperdProbe.run(config, loops);
              return new CriProbe(false);
            });
    return new Proof(
        "hyperd " + version + ", a pod ran to its exit",
        () -> new Opened(HyperdDriver.connect(config, loops), null));
  }
}
