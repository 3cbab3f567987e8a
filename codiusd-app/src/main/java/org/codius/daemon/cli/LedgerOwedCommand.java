package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.codius.payments.Ledger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists who is owed what. */
@Command(
    name = "owed",
    mixinStandardHelpOptions = true,
    description = {
      "List what payers are owed: Pay-Token, amount.",
      "",
      "It counts when its payer asks for the same again with that Pay-Token."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd ledger owed")
final class LedgerOwedCommand implements Callable<Integer> {

  @Mixin private LedgerOptions options = new LedgerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    options.forEach(ledger -> ledger.debts().forEach(debt -> print(out, debt)));
    out.flush();
    return Codiusd.OK;
  }

  private static void print(PrintWriter out, Ledger.Debt debt) {
    boolean isBrokenOff = debt.setAside().baseUnits().bigIntegerValue().signum() > 0;
    out.printf(
        "%s  %s%s%n",
        debt.token().toHeader(),
        debt.owed(),
        isBrokenOff ? "  (and " + debt.setAside() + " of a refund that was broken off)" : "");
  }
}
