package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows or changes the price. */
@Command(
    name = "price",
    mixinStandardHelpOptions = true,
    description = {
      "Show the price of a pod for a month, or change it.",
      "",
      "A change is remembered over restarts. For a minute the lower of both is charged."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd price 2.5")
final class PriceCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "COST",
      description = "The new price, in whole units of the host's asset.")
  private @Nullable BigDecimal cost;

  @Option(
      names = "--class",
      paramLabel = "NAME",
      defaultValue = "small",
      description = "Which size of pods. Default: ${DEFAULT-VALUE}.")
  private String podClass = "small";

  @Override
  public Integer call() {
    if (cost == null) {
      return host.run("GET", "/price");
    }
    ObjectNode body = AdminOptions.body();
    body.put("class", podClass).put("costPerMonth", cost);
    return host.run("PUT", "/price", body);
  }
}
