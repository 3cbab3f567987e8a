package org.codius.daemon.cli;

import java.math.BigDecimal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Gives a pod money to spend. */
@Command(
    name = "fund",
    mixinStandardHelpOptions = true,
    description = "Give a pod money to spend, out of what the host has at its connector.")
final class PodsFundCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(index = "0", paramLabel = "HASH", description = "The pod's manifest hash.")
  private String hash = "";

  @Parameters(index = "1", paramLabel = "AMOUNT", description = "In units of the host's asset.")
  private BigDecimal amount = BigDecimal.ZERO;

  @Override
  public Integer call() {
    return host.run("POST", "/pods/" + hash + "/fund", AdminOptions.body().put("amount", amount));
  }
}
