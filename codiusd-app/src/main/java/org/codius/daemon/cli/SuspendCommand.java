package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Stops a pod. */
@Command(
    name = "suspend",
    mixinStandardHelpOptions = true,
    description = {
      "Stop a pod and keep its evidence.",
      "",
      "Nobody can reach it. What it wrote and what was uploaded stay, to be looked at."
    })
final class SuspendCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(paramLabel = "HASH", description = "The pod's manifest hash.")
  private String hash = "";

  @Override
  public Integer call() {
    return host.run("POST", "/pods/" + hash + "/suspend");
  }
}
