package org.codius.daemon.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Suppliers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentSender;

/**
 * Buys time on pods from one host.
 *
 * <p>A purchase goes: ask the price; write a fresh Pay-Token to the state file; send the request,
 * pay as its 402 says, send it again; write down what was bought. Broken off anywhere, the same
 * purchase goes on with the same token, and a host charges a token once.
 *
 * <p>The calls block. Confined to one thread.
 */
public final class PodBuyer {

  private static final String RUN_AGAIN =
      "Run the same command again: it goes on with this purchase, and what was paid counts.";

  private final HostClient host;
  private final Supplier<PaymentSender> wallet;
  private final BuyerTimeouts timeouts;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<String> progress;

  /**
   * @param host scheme, name and port
   * @param wallet opens what pays, when it is first needed; the caller closes it
   * @param random must be fit for secrets: who guesses a Pay-Token can claim its purchase
   * @param progress is told, in a few words, what is being done next
   */
  public PodBuyer(
      URI host,
      Supplier<PaymentSender> wallet,
      BuyerTimeouts timeouts,
      InstantSource clock,
      RandomGenerator random,
      Consumer<String> progress) {
    this.host = new HostClient(host);
    this.wallet = Suppliers.memoize(wallet::get);
    this.timeouts = timeouts;
    this.clock = clock;
    this.random = random;
    this.progress = progress;
  }

  /** Asks what {@code duration} of {@code pod} costs. Costs nothing itself. */
  public Offer quote(PodFile pod, Duration duration) {
    progress.accept("asking " + host.host() + " for its price");
    String path = "/pods?duration=" + duration.toSeconds();
    HostAnswer answer = host.send("OPTIONS", path, pod.body(), null, timeouts.answer());
    if (answer.status() == 400 || answer.status() == 402) {
      // Some hosts want the price to be asked for like a purchase, with a payment of nothing.
      PaidRequest request = new PaidRequest(host, "OPTIONS", path, pod.body(), timeouts, progress);
      if (answer.status() == 402 || answer.message().contains("Pay-Token")) {
        PayToken token = PayToken.random(random);
        answer = request.send(token, wallet, sender -> Amount.zero(sender.asset())).answer();
      }
    }
    if (!answer.isSuccess()) {
      throw host.refused("ask for the price", answer);
    }
    JsonNode info = host.send("GET", "/info", "", null, timeouts.answer()).body();
    try {
      return new Offer(
          new ManifestHash(answer.body().path("manifestHash").asText()),
          new BigInteger(answer.body().path("price").asText()),
          asset(info),
          info.path("playMoney").asBoolean());
    } catch (IllegalArgumentException e) {
      throw new ClientException(
          "ask for the price: " + host.host() + " answered something else: " + answer.message(),
          "Is that a Codius host?",
          e);
    }
  }

  /** Asks what {@code duration} more costs for a pod that this host knows. */
  public Offer quote(ManifestHash hash, Duration duration) {
    return quote(uploaded(hash), duration);
  }

  /**
   * Uploads {@code pod} and pays for {@code duration}, at most {@code maximum} units of our asset.
   *
   * <p>If {@code state} says it is bought and has not expired, nothing is bought again.
   *
   * @throws ClientException if the price is above the maximum, or it did not work out; the message
   *     says which
   */
  public Receipt upload(PodFile pod, Duration duration, BigDecimal maximum, StateFile state) {
    BuyerState journal = new BuyerState(state);
    Optional<Receipt> earlier = journal.earlier(pod, host.host(), asset(), clock.instant());
    if (earlier.isPresent()) {
      return earlier.get();
    }
    journal.remember(pod);
    PendingPurchase purchase = purchase("upload", pod.manifestHash(), duration);
    String path = "/pods?duration=" + duration.toSeconds();
    return buy(
        purchase,
        new PaidRequest(host, "POST", path, pod.body(), timeouts, progress),
        quote(pod, duration),
        maximum,
        journal);
  }

  /** Buys {@code duration} more for a pod that runs on this host. */
  public Receipt extend(ManifestHash hash, Duration duration, BigDecimal maximum, StateFile state) {
    BuyerState journal = new BuyerState(state);
    PendingPurchase purchase = purchase("extend", hash, duration);
    String path = "/pods?manifestHash=" + hash.value() + "&duration=" + duration.toSeconds();
    return buy(
        purchase,
        new PaidRequest(host, "PUT", path, "", timeouts, progress),
        quote(hash, duration),
        maximum,
        journal);
  }

  private Receipt buy(
      PendingPurchase fresh,
      PaidRequest request,
      Offer offer,
      BigDecimal maximum,
      BuyerState journal) {
    Asset ours = asset();
    Amount price = offer.priceIn(ours);
    boolean isComparable = price.asset().equals(ours);
    if (isComparable && price.toUnits().compareTo(maximum) > 0) {
      throw new ClientException(
          "the price is " + price + ", above your maximum of " + plain(maximum) + " " + ours.code(),
          "Nothing was paid. Raise --max-price, or buy less time.");
    }
    // Never more than was quoted. In another asset only our own maximum can be compared with.
    Amount limit = isComparable ? price : Amounts.ofUnits(maximum, ours);
    PendingPurchase purchase = journal.begin(fresh);
    boolean isResumed = !purchase.token().equals(fresh.token());
    if (isResumed) {
      progress.accept("going on with the interrupted " + purchase.describe());
    }
    PaidRequest.Outcome outcome;
    try {
      outcome = request.send(purchase.token(), wallet, sender -> limit);
    } catch (ClientException e) {
      if (!isResumed && !request.wasPaymentOpened()) {
        journal.forget(); // nothing went out under this token, so there is nothing to go on with
        throw e;
      }
      throw new ClientException(e.getMessage(), (RUN_AGAIN + " " + e.help()).strip(), e);
    }
    if (!outcome.answer().isSuccess()) {
      boolean isFree = !isResumed && outcome.sent().baseUnits().longValue() == 0;
      if (isFree) {
        journal.forget();
      }
      ClientException refused = host.refused(purchase.operation(), outcome.answer());
      String advice = isFree ? "Nothing was paid." : RUN_AGAIN;
      throw new ClientException(refused.getMessage(), (advice + " " + refused.help()).strip());
    }
    Receipt receipt = receipt(outcome, offer.isPlayMoney(), isResumed && !outcome.wasPaid());
    journal.finish(purchase, receipt);
    return receipt;
  }

  private Receipt receipt(
      PaidRequest.Outcome outcome, boolean isPlayMoney, boolean wasBoughtBefore) {
    HostAnswer answer = outcome.answer();
    try {
      return new Receipt(
          URI.create(answer.body().path("url").asText()),
          new ManifestHash(answer.body().path("manifestHash").asText()),
          Instant.parse(answer.body().path("expiry").asText()),
          outcome.sent(),
          isPlayMoney,
          wasBoughtBefore,
          answer.body().path("managementToken").asText());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new ClientException(
          host.host() + " sold the pod but its answer is not understood: " + answer.text(), "", e);
    }
  }

  private PodFile uploaded(ManifestHash hash) {
    HostAnswer answer =
        host.send("GET", "/pods?manifestHash=" + hash.value(), "", null, timeouts.answer());
    if (!answer.isSuccess()) {
      throw host.refused("find the pod", answer);
    }
    if (answer.body().path("manifest") instanceof ObjectNode manifest) {
      // Without the private part, which only its uploader has: an empty one would lack the values.
      return PodFile.of("{\"manifest\":" + manifest + "}");
    }
    throw new ClientException(
        host.host() + " does not tell the manifest of " + hash, "Is that a Codius host?");
  }

  /**
   * Returns what the host counts in, or empty from the original's hosts: they leave out the scale.
   */
  private static Optional<Asset> asset(JsonNode info) {
    JsonNode code = info.path("currency");
    JsonNode scale = info.path("assetScale");
    return code.isTextual() && scale.isInt() && scale.asInt() >= 0 && scale.asInt() <= 255
        ? Optional.of(new Asset(code.asText(), scale.asInt()))
        : Optional.empty();
  }

  private Asset asset() {
    return wallet.get().asset();
  }

  private PendingPurchase purchase(String operation, ManifestHash hash, Duration duration) {
    return new PendingPurchase(operation, host.host(), hash, duration, PayToken.random(random));
  }

  private static String plain(BigDecimal units) {
    return units.stripTrailingZeros().toPlainString();
  }
}
