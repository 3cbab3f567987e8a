package org.codius.hyper.auto;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.hyperd.HyperdConfig;
import org.codius.hyper.hyperd.HyperdDriver;

/** hyperd. It counts when it answers: there is no image on the machine that it could try. */
record HyperdCandidate(HyperdConfig config, EventLoopGroup loops) implements Candidate {

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
    try (HyperdDriver driver = HyperdDriver.connect(config, loops)) {
      RuntimeInfo runtime =
          driver
              .runtime()
              .toCompletableFuture()
              .get(CriProbe.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return new Proof(
          "it answers as " + runtime.version() + "; no pod was tried",
          () -> new Opened(HyperdDriver.connect(config, loops), null));
    } catch (ExecutionException | TimeoutException e) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "ask " + name() + ": it does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, "ask " + name() + ": interrupted", e);
    }
  }
}
