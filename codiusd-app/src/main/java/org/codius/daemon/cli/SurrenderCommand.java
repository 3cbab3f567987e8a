package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gives bought time back. */
@Command(
    name = "surrender",
    mixinStandardHelpOptions = true,
    description = {
      "Give the rest of the time you bought on a pod back, for nothing.",
      "",
      "The pod ends at once, unless others have bought time on it too."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd surrender codius.json --host https://codius.example.com")
final class SurrenderCommand implements Callable<Integer> {

  @Mixin private OwnedPodOptions options = new OwnedPodOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    new Report()
        .add("Expires", "expiry", options.pod().surrender())
        .print(spec.commandLine().getOut(), false);
    return Codiusd.OK;
  }
}
