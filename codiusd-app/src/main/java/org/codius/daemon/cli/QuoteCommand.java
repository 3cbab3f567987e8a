package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.codius.daemon.client.Offer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.StateFile;
import org.codius.payments.Amount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what a pod would cost. */
@Command(
    name = "quote",
    mixinStandardHelpOptions = true,
    description = "Ask a host what a pod would cost. Pays nothing.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd quote codius.json --host http://localhost:3000 --duration 1d")
final class QuoteCommand implements Callable<Integer> {

  @Mixin private PodOptions podOptions = new PodOptions();

  @Mixin private BuyingOptions buying = new BuyingOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    SecureRandom random = new SecureRandom();
    try (Progress progress = new Progress(spec.commandLine().getErr());
        LazyWallet wallet = new LazyWallet(() -> buying.openWallet(random))) {
      ObjectNode state = StateFile.peek(StateFile.pathFor(podOptions.file()));
      PodFile pod = podOptions.load(state, random, progress);
      Offer offer = buying.buyer(wallet, random, progress).quote(pod, buying.duration());
      Report report = new Report().add("Manifest hash", "manifestHash", offer.manifestHash());
      if (offer.asset().isPresent()) {
        Amount price = offer.priceIn(offer.asset().get());
        report
            .addMoney("Price", "price", price, offer.isPlayMoney())
            .add("Base units", "baseUnits", offer.price());
      } else {
        report.add("Price", "baseUnits", offer.price() + " base units of the host's asset");
      }
      report.add("For", "seconds", DurationConverter.format(buying.duration()));
      report.print(spec.commandLine().getOut(), buying.isJson());
    }
    return Codiusd.OK;
  }
}
