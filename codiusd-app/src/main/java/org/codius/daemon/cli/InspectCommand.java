package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a pod. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Show what is known of a pod, also for a while after its end.")
final class InspectCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(paramLabel = "HASH", description = "The pod's manifest hash.")
  private String hash = "";

  @Override
  public Integer call() {
    return host.run("GET", "/pods/" + hash);
  }
}
