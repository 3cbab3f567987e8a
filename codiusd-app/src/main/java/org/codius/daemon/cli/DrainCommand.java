package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Empties the host. */
@Command(
    name = "drain",
    mixinStandardHelpOptions = true,
    description = {
      "Sell nothing any more, so that the host is empty in time.",
      "",
      "Pods run until their time is over. Remembered over restarts, until --off."
    })
final class DrainCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Option(names = "--off", description = "Sell again.")
  private boolean isOff;

  @Option(
      names = "--status",
      description = "Tell only whether it sells, and how many pods there are.")
  private boolean isQuestion;

  @Override
  public Integer call() {
    if (isQuestion) {
      return host.run("GET", "/drain");
    }
    ObjectNode body = AdminOptions.body();
    body.put("draining", !isOff);
    return host.run("PUT", "/drain", body);
  }
}
