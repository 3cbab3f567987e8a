package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the pods. */
@Command(
    name = "pods",
    mixinStandardHelpOptions = true,
    description = "List the pods of the host that runs here.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd pods",
    subcommands = PodsFundCommand.class)
final class PodsCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Override
  public Integer call() {
    return host.run("GET", "/pods");
  }
}
