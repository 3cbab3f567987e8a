package org.codius.examples;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codius.hyper.LogLines;
import org.codius.hyper.LogQuery;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.cri.CriDriver;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;

/** Runs one container and prints what it says. */
public final class RunAPod {
  private static final PodId ID = new PodId("example", "hello");

  private RunAPod() {}

  public static void main(String[] arguments) {
    var config = EmbeddedContainerdConfig.of(ID.instance(), Path.of("/var/lib/run-a-pod"));
    try (var containerd = EmbeddedContainerd.start(config);
        var driver = CriDriver.connect(containerd.criConfig())) {
      run(driver, arguments[0], System.out);
    }
  }

  static void run(PodDriver driver, String image, PrintStream out) {
    var container = new PodSpec.Container("main", image, List.of(), "", Map.of());
    var pod = new PodSpec(ID, List.of(container), new PodSpec.Resources(1, 256, 128, 1024));
    driver.pull(image).thenCompose(done -> driver.run(pod)).toCompletableFuture().join();
    LogLines.forEach(driver.logs(ID, LogQuery.FOLLOW), line -> out.println(line.text()))
        .thenCompose(end -> driver.remove(ID))
        .toCompletableFuture()
        .join();
  }
}
