package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the books' sums. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    description = "Show the sums over all entries of a running host's books.")
final class LedgerSummaryCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Override
  public Integer call() {
    return host.run("GET", "/ledger");
  }
}
