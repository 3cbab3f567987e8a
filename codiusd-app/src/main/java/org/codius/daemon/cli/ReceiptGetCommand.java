package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Gets the receipts of one's purchases. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Get the signed receipts of your purchases of a pod, a line of JSON each.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd receipt get codius.json > receipt.json")
final class ReceiptGetCommand implements Callable<Integer> {

  @Mixin private OwnedPodOptions options = new OwnedPodOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    options.pod().receipts().forEach(spec.commandLine().getOut()::println);
    spec.commandLine().getOut().flush();
    return Codiusd.OK;
  }
}
