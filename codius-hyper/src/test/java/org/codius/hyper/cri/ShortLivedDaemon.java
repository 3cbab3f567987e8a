package org.codius.hyper.cri;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;

/** A process that runs pods, says so in a line, and waits to be killed. */
final class ShortLivedDaemon {

  /** Serves the name of the pod, which is its host name. */
  static final String SERVE = "mkdir www; hostname > www/name; exec httpd -f -p 80 -h www";

  private ShortLivedDaemon() {}

  /**
   * Runs until it is killed.
   *
   * @param args instance, root, image, number of pods
   */
  public static void main(String[] args) throws Exception {
    EmbeddedContainerd containerd =
        EmbeddedContainerd.start(TestHost.config(args[0], Path.of(args[1])));
    CriDriver driver = CriDriver.connect(containerd.criConfig());
    driver.pull(args[2]).toCompletableFuture().get();
    List<CompletionStage<PodStatus>> runs = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      runs.add(
          driver.run(
              new PodSpec(
                  new PodId(args[0], "many" + i),
                  List.of(
                      new PodSpec.Container(
                          "main", args[2], List.of("sh", "-c", SERVE), "", Map.of())),
                  TestHost.SMALL)));
    }
    StringBuilder line = new StringBuilder().append(containerd.pid());
    for (CompletionStage<PodStatus> run : runs) {
      PodStatus pod = run.toCompletableFuture().get();
      line.append(' ')
          .append(pod.id().name())
          .append('=')
          .append(pod.address().orElseThrow().getHostAddress());
    }
    System.out.println(line);
    new CountDownLatch(1).await();
  }
}
