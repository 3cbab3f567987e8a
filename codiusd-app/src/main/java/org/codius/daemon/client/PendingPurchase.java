package org.codius.daemon.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;

/**
 * A purchase that was begun, and of which it is not known how it ended.
 *
 * @param operation {@code upload} or {@code extend}
 */
record PendingPurchase(
    String operation, URI host, ManifestHash manifestHash, Duration duration, PayToken token) {

  private static final String FIELD = "pendingPurchase";

  /** Returns the one that the state {@code root} remembers. */
  static Optional<PendingPurchase> in(ObjectNode root) {
    JsonNode node = root.path(FIELD);
    if (!node.isObject()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PendingPurchase(
              node.path("operation").asText(),
              URI.create(node.path("host").asText()),
              new ManifestHash(node.path("manifestHash").asText()),
              Duration.ofSeconds(node.path("duration").asLong()),
              new PayToken(node.path("payToken").asText())));
    } catch (IllegalArgumentException e) {
      throw new ClientException(
          "the unfinished purchase in the state file is damaged: " + e.getMessage(),
          "Repair it, or move the file away to start anew.",
          e);
    }
  }

  /** Returns whether {@code other} is the same purchase, but for its token. */
  boolean isLike(PendingPurchase other) {
    return operation.equals(other.operation)
        && host.equals(other.host)
        && manifestHash.equals(other.manifestHash)
        && duration.equals(other.duration);
  }

  /** Puts it into the state {@code root}, in place of any other. */
  void putInto(ObjectNode root) {
    ObjectNode node = root.putObject(FIELD);
    node.put("operation", operation);
    node.put("host", host.toString());
    node.put("manifestHash", manifestHash.value());
    node.put("duration", duration.toSeconds());
    node.put("payToken", token.hex());
  }

  static void removeFrom(ObjectNode root) {
    root.remove(FIELD);
  }

  /** Says it as a person would. */
  String describe() {
    return operation
        + " of "
        + manifestHash
        + " at "
        + host
        + " for "
        + duration.toSeconds()
        + " s";
  }
}
