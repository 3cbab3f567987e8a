package org.codius.daemon.receipt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.UnsignedLong;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;

/**
 * What a receipt says: who sold what to run, from when to when, and what it cost.
 *
 * @param host the host's public address
 * @param images what the pod runs, {@code name@sha256:…} for each container
 * @param to when the bought time ends
 * @param amount what was paid
 */
public record Statement(
    URI host,
    ManifestHash manifestHash,
    List<String> images,
    Instant from,
    Instant to,
    Amount amount) {

  static final String TYPE = "codius-receipt/1";

  public Statement {
    images = List.copyOf(images);
  }

  /**
   * @param hostKey who says it
   */
  ObjectNode toJson(String hostKey) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", TYPE);
    json.put("host", host.toString());
    json.put("hostKey", hostKey);
    json.put("manifestHash", manifestHash.value());
    ArrayNode list = json.putArray("images");
    images.forEach(list::add);
    json.put("from", from.toString());
    json.put("to", to.toString());
    json.put("amount", amount.baseUnits().toString());
    json.putObject("asset").put("code", amount.asset().code()).put("scale", amount.asset().scale());
    return json;
  }

  /**
   * Reads what was signed.
   *
   * @throws InvalidReceiptException if it says something else than a receipt
   */
  static Statement from(JsonNode json) {
    if (!json.path("type").asText().equals(TYPE)) {
      throw new InvalidReceiptException(
          "type: \"" + json.path("type").asText() + "\" (expected: " + TYPE + ")");
    }
    List<String> images = new ArrayList<>();
    json.path("images").forEach(image -> images.add(image.asText()));
    try {
      return new Statement(
          URI.create(json.path("host").asText()),
          new ManifestHash(json.path("manifestHash").asText()),
          images,
          Instant.parse(json.path("from").asText()),
          Instant.parse(json.path("to").asText()),
          new Amount(
              UnsignedLong.valueOf(json.path("amount").asText()),
              new Asset(json.at("/asset/code").asText(), json.at("/asset/scale").asInt(-1))));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new InvalidReceiptException("statement: " + e.getMessage());
    }
  }
}
