package org.codius.hyper.cri;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;

/** A process that runs a pod, says so in a line, and waits to be killed. */
final class ShortLivedDaemon {

  private ShortLivedDaemon() {}

  public static void main(String[] args) throws Exception {
    EmbeddedContainerd containerd =
        EmbeddedContainerd.start(TestHost.config(args[0], Path.of(args[1])));
    CriDriver driver = CriDriver.connect(containerd.criConfig());
    PodStatus pod =
        driver
            .run(
                new PodSpec(
                    new PodId(args[0], "orphan"),
                    List.of(
                        new PodSpec.Container(
                            "main", args[2], List.of("sleep", "600"), "", Map.of())),
                    TestHost.SMALL))
            .toCompletableFuture()
            .get();
    System.out.println(containerd.pid() + " " + pod.address().orElseThrow().getHostAddress());
    new CountDownLatch(1).await();
  }
}
