package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the metrics. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    description = "Print what Prometheus collects of the host that runs here.")
final class MetricsCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Override
  public Integer call() {
    return host.runPlain("/metrics");
  }
}
