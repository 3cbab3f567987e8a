package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a pod. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "End a pod before its time. Nothing is paid back.")
final class RemoveCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(paramLabel = "HASH", description = "The pod's manifest hash.")
  private String hash = "";

  @Override
  public Integer call() {
    return host.run("DELETE", "/pods/" + hash);
  }
}
