package org.codius.daemon.cli;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.Offer;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.daemon.client.Wallet;
import org.codius.payments.Amount;
import org.codius.payments.PaymentSender;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the commands that buy, and what they do in the same way. */
final class BuyingOptions {

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = DurationConverter.class,
      description = "How much time to buy: 90s, 30m, 1h, 2d, 1w. Default: ${DEFAULT-VALUE}.")
  private Duration duration = Duration.ofHours(1);

  @Option(
      names = "--host",
      paramLabel = "URL",
      defaultValue = "http://localhost:3000",
      converter = HostConverter.class,
      description = "The host to buy from. Default: ${DEFAULT-VALUE}.")
  private URI host = URI.create("http://localhost:3000");

  @Option(
      names = "--uplink",
      paramLabel = "URL",
      defaultValue = "btp+ws://127.0.0.1:7768",
      description = {
        "The Interledger connector to pay through, btp+ws://:TOKEN@HOST:PORT.",
        "Default: ${DEFAULT-VALUE}."
      })
  private URI uplink = Wallet.LOCAL;

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  private boolean isJson;

  Duration duration() {
    return duration;
  }

  URI host() {
    return host;
  }

  boolean isJson() {
    return isJson;
  }

  PodBuyer buyer(Supplier<PaymentSender> wallet, SecureRandom random, Progress progress) {
    return new PodBuyer(host, wallet, BuyerTimeouts.DEFAULT, Clock.systemUTC(), random, progress);
  }

  Wallet openWallet(SecureRandom random) {
    return Wallet.open(uplink, random);
  }

  /** Returns what may be paid: what was given, or what a person at the terminal agrees to. */
  static BigDecimal maximum(
      @Nullable BigDecimal given, Supplier<Offer> offer, Supplier<PaymentSender> wallet) {
    if (given != null) {
      return given;
    }
    Offer offered = offer.get();
    Amount price = offered.priceIn(wallet.get().asset());
    String shown = price + (offered.isPlayMoney() ? " (play money)" : "");
    String answer =
        Terminal.ask("The price is " + shown + ". Pay it? [y/N]")
            .orElseThrow(
                () ->
                    new ClientException(
                        "the price is "
                            + shown
                            + "; --max-price is missing, and there is no terminal to ask at",
                        "Say how much it may cost: --max-price "
                            + price.toUnits().stripTrailingZeros().toPlainString()));
    if (!answer.matches("(?i)y|yes")) {
      throw new ClientException("not bought", "Nothing was paid.");
    }
    return price.toUnits();
  }

  static StateFile openState(@Nullable Path given, Path otherwise) {
    return StateFile.open(given == null ? otherwise : given);
  }

  static Report report(Receipt receipt) {
    return new Report()
        .add("URL", "url", receipt.url())
        .add("Manifest hash", "manifestHash", receipt.manifestHash())
        .addMoney("Paid", "paid", receipt.paid(), receipt.isPlayMoney())
        .add("Expires", "expiry", receipt.expiry());
  }
}
