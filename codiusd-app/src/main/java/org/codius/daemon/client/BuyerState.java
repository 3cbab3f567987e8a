package org.codius.daemon.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.codius.payments.Amount;
import org.codius.payments.Asset;

/**
 * Writes down what is bought, before and after, in the words of the original client's state file.
 */
final class BuyerState {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Not in the original's file: what our purchases at a host are managed with. */
  static final String TOKENS = "managementTokens";

  private final StateFile file;

  BuyerState(StateFile file) {
    this.file = file;
  }

  /** Returns what was bought of {@code pod} at {@code host} before, if it still runs. */
  Optional<Receipt> earlier(PodFile pod, URI host, Asset asset, Instant now) {
    if (PendingPurchase.in(file.root()).isPresent()
        || !file.root().path("manifestHash").asText().equals(pod.manifestHash().value())) {
      return Optional.empty();
    }
    JsonNode details = file.root().path("status").path("hostDetails").path(host.toString());
    try {
      Instant expiry = Instant.parse(details.path("expirationDate").asText());
      return expiry.isAfter(now)
          ? Optional.of(
              new Receipt(
                  URI.create(details.path("url").asText()),
                  pod.manifestHash(),
                  expiry,
                  Amount.zero(asset),
                  false,
                  true,
                  ""))
          : Optional.empty();
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty(); // never bought there, or nothing we could show
    }
  }

  /** Takes {@code pod} as what this file is about; what is known of another manifest goes. */
  void remember(PodFile pod) {
    ObjectNode root = file.root();
    Optional<PendingPurchase> pending = PendingPurchase.in(file.root());
    if (pending.isPresent() && !pending.get().manifestHash().equals(pod.manifestHash())) {
      throw unfinished(pending.get());
    }
    if (!root.path("manifestHash").asText().equals(pod.manifestHash().value())) {
      root.remove("status");
      root.remove("hostList");
    }
    root.put("description", "What was bought with this manifest, and the purchase under way.");
    root.put("manifestHash", pod.manifestHash().value());
    root.put("sources", pod.sources());
    try {
      root.set("generatedManifest", JSON.readTree(pod.body()));
    } catch (JsonProcessingException e) {
      throw new AssertionError("a pod file's body is JSON", e);
    }
  }

  /**
   * Puts {@code purchase} on disk; or returns the one that is there already, if it is the same.
   *
   * @throws ClientException if there is an unfinished one that is not the same
   */
  PendingPurchase begin(PendingPurchase purchase) {
    Optional<PendingPurchase> pending = PendingPurchase.in(file.root());
    if (pending.isPresent() && !pending.get().isLike(purchase)) {
      throw unfinished(pending.get());
    }
    if (pending.isPresent()) {
      return pending.get();
    }
    purchase.putInto(file.root());
    file.save();
    return purchase;
  }

  /** Gives up the purchase under way. */
  void forget() {
    PendingPurchase.removeFrom(file.root());
    file.save();
  }

  /** Puts what {@code purchase} brought on disk, in its place. */
  void finish(PendingPurchase purchase, Receipt receipt) {
    ObjectNode root = file.root();
    PendingPurchase.removeFrom(file.root());
    root.put("manifestHash", purchase.manifestHash().value());
    String host = purchase.host().toString();
    ArrayNode hosts = root.withArray("/hostList");
    boolean isKnown = false;
    for (JsonNode known : hosts) {
      isKnown |= known.asText().equals(host);
    }
    if (!isKnown) {
      hosts.add(host);
    }
    ObjectNode status = root.withObject("/status");
    if (!status.has("cronJobs")) {
      status.putArray("cronJobs");
    }
    ObjectNode all =
        status.path("hostDetails") instanceof ObjectNode known
            ? known
            : status.putObject("hostDetails");
    BigInteger before = totalPaid(all.path(host));
    BigInteger paid = receipt.paid().baseUnits().bigIntegerValue();
    JsonNode tokens = all.path(host).path(TOKENS);
    ObjectNode details = all.putObject(host);
    details.put("url", receipt.url().toString());
    details.put("expirationDate", receipt.expiry().toString());
    details
        .putObject("price")
        .put("totalPaid", before.add(paid).toString())
        .put("lastPaid", paid.toString())
        .put("units", receipt.paid().asset().code() + " scale " + receipt.paid().asset().scale());
    ArrayNode known = details.putArray(TOKENS);
    tokens.forEach(known::add);
    if (!receipt.managementToken().isEmpty()) {
      known.add(receipt.managementToken());
    }
    file.save();
  }

  private ClientException unfinished(PendingPurchase pending) {
    return new ClientException(
        "an unfinished " + pending.describe() + " is in " + file.path(),
        "Finish it by running it again, or give it up with --forget; what it paid stays with the"
            + " host.");
  }

  private static BigInteger totalPaid(JsonNode details) {
    String text = details.path("price").path("totalPaid").asText();
    return text.matches("[0-9]{1,40}") ? new BigInteger(text) : BigInteger.ZERO;
  }
}
