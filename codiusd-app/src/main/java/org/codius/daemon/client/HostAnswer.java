package org.codius.daemon.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a host answered.
 *
 * @param payHeader the {@code Pay} header of a 402
 * @param body the JSON, or a missing node if the body is none
 * @param text the body as it came
 */
record HostAnswer(int status, Optional<String> payHeader, JsonNode body, String text) {

  private static final int SHOWN = 200;

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Returns the host's words: its {@code message}, or the beginning of whatever it sent. */
  String message() {
    String message = body.path("message").asText();
    if (!message.isEmpty()) {
      return message;
    }
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }

  /** Returns the host's advice, if it gave any. */
  String help() {
    return body.path("help").asText();
  }

  /** Returns the host's stable word for why it refused, or an empty string. */
  String code() {
    return body.path("code").asText();
  }
}
