package org.codius.daemon.cli;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.Wallet;
import org.codius.daemon.config.Money;
import org.codius.daemon.store.DataFolder;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.codius.payments.Refund;
import org.codius.payments.spsp.PaymentPointer;
import org.codius.payments.spsp.SpspClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Pays back what a token is owed. */
@Command(
    name = "refund",
    mixinStandardHelpOptions = true,
    description = {
      "Pay back what a Pay-Token is owed.",
      "",
      "All of it; 'codiusd ledger owed' lists how much. Broken off at any point, run it again: it"
          + " pays what is left, and nothing twice. What was on its way when it broke off may have"
          + " arrived: it is named, and stays where it is until --leaving says what became of it.",
      "",
      "The money leaves the account at --uplink. The host's own account (CODIUS_UPLINK, from the"
          + " environment or the host's file) can be used while the host does not run, any other at"
          + " any time."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  codiusd refund ASNFZ4mrze8BI0VniavN7w '$wallet.example.com/alice'",
      "  codiusd refund -- -SNFZ4mrze8BI0VniavN7w '$wallet.example.com/alice'",
    })
final class RefundCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What became of money that was leaving when a refund broke off. */
  enum Fate {
    PAID,
    KEPT
  }

  @Parameters(index = "0", paramLabel = "TOKEN", description = "As 'codiusd ledger owed' has it.")
  private String token = "";

  @Parameters(
      index = "1",
      paramLabel = "POINTER",
      description = "Whom to pay: $wallet.example.com/alice, or the https URL of an SPSP endpoint.")
  private String pointer = "";

  @Mixin private LedgerOptions books = new LedgerOptions();

  @Option(
      names = "--uplink",
      paramLabel = "URL",
      description = {
        "The Interledger account to pay from, btp+ws://:TOKEN@HOST:PORT.",
        "Default: CODIUS_UPLINK, else the connector with play money of the running host."
      })
  private @Nullable URI uplink;

  @Option(
      names = "--leaving",
      paramLabel = "paid|kept",
      description = {
        "First note what became of the money that was on its way when an earlier refund broke",
        "off, as the account that it was to leave shows: it was paid, or it was kept."
      })
  private @Nullable Fate fate;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  @SuppressWarnings("try") // the folder is only to be held meanwhile
  public Integer call() throws IOException {
    PayToken owner =
        PayToken.parse(token).orElseThrow(() -> wrong("TOKEN: 16 bytes in base64 are expected"));
    URI endpoint = endpoint();
    SecureRandom random = new SecureRandom();
    Money money = books.config().money();
    URI account = uplink == null ? accountOf(money) : uplink;
    if (!account.equals(accountOf(money)) || money instanceof Money.Play) {
      return pay(account, owner, endpoint, random);
    }
    try (DataFolder alone = open(random)) {
      return pay(account, owner, endpoint, random);
    }
  }

  private static URI accountOf(Money money) {
    return money instanceof Money.Uplink own
        ? own.uri()
        : URI.create("btp+ws://127.0.0.1:" + ((Money.Play) money).port());
  }

  /** Keeps the host away from its account, which would get what the receiver says to us. */
  private DataFolder open(SecureRandom random) {
    try {
      return DataFolder.open(books.config().root(), random);
    } catch (IOException e) {
      throw new ClientException(
          "data folder " + books.config().root() + ": " + e.getMessage(),
          "Stop the host, or pay from another account: --uplink btp+ws://:TOKEN@HOST:PORT.",
          e);
    }
  }

  private int pay(URI account, PayToken owner, URI endpoint, SecureRandom random) {
    try (Wallet wallet = Wallet.open(account, random);
        Ledger ledger = books.open(wallet.sender().asset())) {
      if (fate != null) {
        note(ledger, owner, fate);
      }
      Ledger.Debt before = debt(ledger, owner);
      if (isNothing(before.owed()) && isNothing(before.setAside())) {
        throw unfinished(before, "nothing is owed to it in the account's asset");
      }
      Invoice invoice = join(SpspClient.create().query(endpoint));
      Amount paid = join(Refund.pay(ledger, owner, wallet.sender(), invoice, PATIENCE));
      spec.commandLine().getOut().println("Paid back " + paid + " to " + pointer + ".");
      spec.commandLine().getOut().flush();
      Ledger.Debt after = debt(ledger, owner);
      if (!isNothing(after.owed()) || !isNothing(after.leaving())) {
        throw unfinished(after, "it still is owed " + after.owed());
      }
      return Codiusd.OK;
    }
  }

  private static void note(Ledger ledger, PayToken owner, Fate fate) {
    Amount leaving = debt(ledger, owner).leaving();
    join(fate == Fate.PAID ? ledger.refundPaid(owner, leaving) : ledger.refundKept(owner, leaving));
  }

  private static Ledger.Debt debt(Ledger ledger, PayToken owner) {
    Amount none = Amount.zero(ledger.asset());
    return ledger.debts().stream()
        .filter(debt -> debt.token().equals(owner))
        .findFirst()
        .orElse(new Ledger.Debt(owner, none, none, none));
  }

  private static ClientException unfinished(Ledger.Debt debt, String why) {
    return isNothing(debt.leaving())
        ? new ClientException("refund: " + why, "'codiusd ledger owed' lists what is owed to whom.")
        : new ClientException(
            "refund: " + why + "; and " + debt.leaving() + " may or may not have arrived",
            "See what the account that paid says of it, then run this again with --leaving paid or"
                + " --leaving kept.");
  }

  private URI endpoint() {
    if (pointer.startsWith("http://") || pointer.startsWith("https://")) {
      return URI.create(pointer);
    }
    return PaymentPointer.parse(pointer)
        .orElseThrow(() -> wrong("POINTER: one like $wallet.example.com/alice is expected"))
        .endpoint();
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private static boolean isNothing(Amount amount) {
    return amount.equals(Amount.zero(amount.asset()));
  }

  private static <T> T join(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PaymentException failure) {
        throw new ClientException(
            String.valueOf(failure.getMessage()),
            "What did not leave is still owed. Run it again once that is mended.",
            e);
      }
      throw e;
    }
  }
}
