package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.codius.daemon.lease.Lease;

/** What a pod's owner should know, each with a stable code and a next step. */
final class Warnings {

  private Warnings() {}

  static ArrayNode of(Lease lease) {
    ArrayNode warnings = JsonNodeFactory.instance.arrayNode();
    if (!lease.life().isListening()) {
      warnings
          .addObject()
          .put("code", "PORT_NOT_LISTENING")
          .put("message", "nothing accepted on the manifest's port when the pod was started")
          .put("help", "Let the program listen on that port, and on all addresses.");
    }
    if (!lease.life().failure().isEmpty()) {
      String failure = lease.life().failure();
      int colon = failure.indexOf(": ");
      warnings
          .addObject()
          .put("code", colon < 0 ? "START_FAILED" : failure.substring(0, colon))
          .put("message", colon < 0 ? failure : failure.substring(colon + 2))
          .put("help", "Its log may tell more: GET /pods/{hash}/logs.");
    }
    return warnings;
  }
}
