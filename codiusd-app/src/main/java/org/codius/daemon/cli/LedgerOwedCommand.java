package org.codius.daemon.cli;

import com.google.common.primitives.UnsignedLong;
import java.io.PrintWriter;
import java.math.BigInteger;
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
      "back with 'codiusd refund'.",
      "",
      "And what pods have in their accounts: pod and manifest hash, amount. It is theirs while they",
      "run, and again when the same manifest is uploaded again."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd ledger owed")
final class LedgerOwedCommand implements Callable<Integer> {

  /** What accounts of pods begin with in the books. */
  private static final String PODS = "child:pod-";

  @Mixin private LedgerOptions options = new LedgerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    options.forEach(
        ledger -> {
          ledger.debts().forEach(debt -> print(out, debt));
          ledger.balances(PODS).forEach((account, units) -> print(out, ledger, account, units));
        });
    out.flush();
    return Codiusd.OK;
  }

  private static void print(PrintWriter out, Ledger ledger, String account, BigInteger units) {
    if (units.signum() > 0) {
      Amount amount = new Amount(UnsignedLong.valueOf(units), ledger.asset());
      out.printf("pod %s  %s%n", account.substring(PODS.length()), amount);
    }
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
