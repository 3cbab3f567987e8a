package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.codius.payments.Amount;
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
      "It counts when its payer asks for the same again with that Pay-Token, and can be paid",
      "back with 'codiusd refund'."
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
    out.printf(
        "%s  %s%s%s%n",
        debt.token().toHeader(),
        debt.owed(),
        isAny(debt.setAside()) ? "  (and " + debt.setAside() + " set aside for a refund)" : "",
        isAny(debt.leaving()) ? "  (and " + debt.leaving() + " that a refund may have paid)" : "");
  }

  private static boolean isAny(Amount amount) {
    return !amount.equals(Amount.zero(amount.asset()));
  }
}
