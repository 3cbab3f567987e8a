package org.codius.daemon.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.codius.payments.PayToken;

/**
 * A purchase by the original's client library, {@code ilp-fetch}, under a Pay-Token that is ours.
 */
record Purchase(HostProcess host, PayToken token, JsonNode upload, Duration duration) {

  private static final Duration TIMEOUT = Duration.ofSeconds(80);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Names a purchase that was not made yet. */
  static Purchase upload(HostProcess host, JsonNode upload, Duration duration) {
    return new Purchase(host, PayToken.random(RANDOM), upload, duration);
  }

  /** Returns a purchase of something else with the same token. */
  Purchase of(JsonNode otherUpload) {
    return new Purchase(host, token, otherUpload, duration);
  }

  /** Makes the request, and pays up to twice the price if the host asks for money. */
  Answer send(Path folder) throws IOException, InterruptedException {
    BigInteger most = host.api().quote(upload, duration).multiply(BigInteger.TWO);
    ObjectNode order =
        JSON.createObjectNode()
            .put("url", host.uri() + "/pods?duration=" + duration.toSeconds())
            .put("method", "POST")
            .put("token", token.hex())
            .put("maxPrice", most.toString());
    order.set("body", upload);
    Program.Ended ended =
        NodeScript.of(folder, "buy.js", order.toString()).with(host.wallet()).run(TIMEOUT);
    JsonNode answer = JSON.readTree(ended.succeeded().stdout());
    return new Answer(
        answer.get("status").asInt(),
        new BigInteger(answer.get("price").asText()),
        answer.get("body").asText());
  }

  /**
   * How it ended.
   *
   * @param paid what left the client, in its base units
   */
  record Answer(int status, BigInteger paid, String body) {

    Answer succeeded() {
      if (status != 200) {
        throw new AssertionError("POST /pods: " + this);
      }
      return this;
    }

    String manifestHash() throws IOException {
      return JSON.readTree(body).get("manifestHash").asText();
    }
  }
}
