package org.codius.daemon.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.receipt.InvalidReceiptException;
import org.codius.daemon.receipt.SignedReceipt;
import org.codius.daemon.receipt.Statement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a receipt without asking anybody. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Check that a receipt is what a host signed.",
      "",
      "Needs no network. A signature only proves which key made it: name the host's key with",
      "--host-key to have it compared; a host tells it as hostKey in its /info."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  codiusd receipt verify receipt.json --host-key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
final class ReceiptVerifyCommand implements Callable<Integer> {

  private static final int MAXIMUM_SIZE = 1 << 20;

  @Parameters(paramLabel = "FILE", description = "What GET /pods/{hash}/receipt answered.")
  private Path file = Path.of("receipt.json");

  @Option(
      names = "--host-key",
      paramLabel = "KEY",
      description = "The key it must be signed with: 43 characters.")
  private @Nullable String hostKey;

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SignedReceipt receipt;
    try {
      receipt = SignedReceipt.verify(read());
    } catch (InvalidReceiptException e) {
      throw new ClientException(
          file + " is no valid receipt: " + e.getMessage(), "Nobody is bound by it.", e);
    }
    if (hostKey != null && !hostKey.equals(receipt.hostKey())) {
      throw new ClientException(
          file + " is signed by another key: " + receipt.hostKey(),
          "Ask the host for its key: hostKey in its /info.");
    }
    Statement statement = receipt.statement();
    new Report()
        .add("Host", "host", statement.host())
        .add("Host key", "hostKey", receipt.hostKey())
        .add("Manifest hash", "manifestHash", statement.manifestHash())
        .add("Images", "images", String.join(", ", statement.images()))
        .add("From", "from", statement.from())
        .add("To", "to", statement.to())
        .add("Paid", "paid", statement.amount())
        .print(spec.commandLine().getOut(), isJson);
    return Codiusd.OK;
  }

  private String read() {
    try {
      if (Files.size(file) > MAXIMUM_SIZE) {
        throw new ClientException(file + " is too large for a receipt", "");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ClientException(
          "cannot read " + file + ": " + UnreadableFile.reason(e),
          "codiusd receipt get writes one.",
          e);
    }
  }
}
