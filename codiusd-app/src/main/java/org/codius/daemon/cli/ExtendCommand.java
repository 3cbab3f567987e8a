package org.codius.daemon.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.manifest.ManifestHash;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Buys more time for a pod that runs. */
@Command(
    name = "extend",
    mixinStandardHelpOptions = true,
    description = {
      "Buy more time for a pod that runs.",
      "Every run buys again; one that was broken off is finished first, by the same command."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  codiusd extend codius.json --duration 1d --max-price 1",
      "  codiusd extend 3jw7…(52 characters) --host https://codius.example.com --max-price 1",
    })
final class ExtendCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE|HASH",
      defaultValue = "codius.json",
      description = {
        "The file it was uploaded from, or its manifest hash.",
        "Default: ${DEFAULT-VALUE}."
      })
  private String pod = "codius.json";

  @Option(
      names = "--max-price",
      paramLabel = "UNITS",
      description = "The most it may cost, in units of your asset. Asked for if missing.")
  private @Nullable BigDecimal maxPrice;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Where it is remembered. Default: beside FILE; for a HASH, in this folder.")
  private @Nullable Path stateFile;

  @Option(
      names = "--forget",
      description = "First give up an unfinished purchase; what it paid stays with its host.")
  private boolean isForgetting;

  @Mixin private BuyingOptions buying = new BuyingOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SecureRandom random = new SecureRandom();
    Path otherwise = StateFile.pathFor(Path.of(pod));
    try (Progress progress = new Progress(spec.commandLine().getErr());
        LazyWallet wallet = new LazyWallet(() -> buying.openWallet(random));
        StateFile state = BuyingOptions.openState(stateFile, otherwise)) {
      if (isForgetting) {
        state.forgetPending();
      }
      ManifestHash hash = PodName.resolve(pod, state);
      PodBuyer buyer = buying.buyer(wallet, random, progress);
      BigDecimal maximum =
          BuyingOptions.maximum(maxPrice, () -> buyer.quote(hash, buying.duration()), wallet);
      Receipt receipt = buyer.extend(hash, buying.duration(), maximum, state);
      BuyingOptions.report(receipt).print(spec.commandLine().getOut(), buying.isJson());
    }
    return Codiusd.OK;
  }
}
