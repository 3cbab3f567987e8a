package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.codius.payments.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Proves that the books are in order. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Prove that the books are in order.",
      "",
      "No entry was changed, is missing or is there twice; every balance is the sum of its",
      "entries; all balances of an asset add up to zero. Exit code 1 if not."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd ledger check --root /var/lib/codius")
final class LedgerCheckCommand implements Callable<Integer> {

  @Mixin private LedgerOptions options = new LedgerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<String> findings = new ArrayList<>();
    options.forEach(
        ledger -> {
          if (findings.isEmpty()) {
            findings.addAll(ledger.check()); // of all assets at once
          }
          Ledger.Summary summary = ledger.summary();
          out.printf(
              "%s/%d: received %s, earned %s, owed %s, paid back %s, unconfirmed packets %d%n",
              ledger.asset().code(),
              ledger.asset().scale(),
              summary.received(),
              summary.earned(),
              summary.owed(),
              summary.refunded(),
              summary.unconfirmed());
        });
    findings.forEach(finding -> spec.commandLine().getErr().println("codiusd: " + finding));
    spec.commandLine().getErr().flush();
    if (findings.isEmpty()) {
      out.println("The books are in order.");
    }
    out.flush();
    return findings.isEmpty() ? Codiusd.OK : Codiusd.FAILED;
  }
}
