package org.codius.daemon.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Buys a pod. */
@Command(
    name = "upload",
    mixinStandardHelpOptions = true,
    description = {
      "Upload a pod to a host and pay for it.",
      "Broken off at any point, run it again: it finishes the same purchase and pays nothing twice."
          + " While the pod runs, running it again buys nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  codiusd upload codius.json --duration 1h --max-price 0.1",
      "  codiusd upload request.json --host https://codius.example.com --duration 1w \\",
      "      --max-price 3 --uplink btp+ws://:TOKEN@localhost:7768",
      "",
      "codius.codiusstate.json, beside codius.json, remembers what was bought, and the",
      "private values: keep it to yourself.",
    })
final class UploadCommand implements Callable<Integer> {

  @Mixin private PodOptions podOptions = new PodOptions();

  @Option(
      names = "--max-price",
      paramLabel = "UNITS",
      description = "The most it may cost, in units of your asset. Asked for if missing.")
  private @Nullable BigDecimal maxPrice;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Where to remember what was bought. Default: beside FILE.")
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
    try (Progress progress = new Progress(spec.commandLine().getErr());
        LazyWallet wallet = new LazyWallet(() -> buying.openWallet(random));
        StateFile state =
            BuyingOptions.openState(stateFile, StateFile.pathFor(podOptions.file()))) {
      if (isForgetting) {
        state.forgetPending();
      }
      PodFile pod = podOptions.load(state.root(), random, progress);
      PodBuyer buyer = buying.buyer(wallet, random, progress);
      BigDecimal maximum =
          BuyingOptions.maximum(maxPrice, () -> buyer.quote(pod, buying.duration()), wallet);
      Receipt receipt = buyer.upload(pod, buying.duration(), maximum, state);
      if (receipt.wasBoughtBefore()) {
        progress.accept(
            "it was bought before, so nothing was paid; 'codiusd extend' buys more time");
      }
      BuyingOptions.report(receipt).print(spec.commandLine().getOut(), buying.isJson());
    }
    return Codiusd.OK;
  }
}
