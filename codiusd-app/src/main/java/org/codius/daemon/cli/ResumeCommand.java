package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lets a pod run again. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Let a suspended pod run again.")
final class ResumeCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(paramLabel = "HASH", description = "The pod's manifest hash.")
  private String hash = "";

  @Override
  public Integer call() {
    return host.run("POST", "/pods/" + hash + "/resume");
  }
}
