package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * What hyperd answered.
 *
 * @param body JSON of a success; of a failure plain text, which only hyperd's own and its embedded
 *     docker's words may be read from, as those of Go's libraries differ between builds
 */
record HyperdReply(int status, String body) {

  private static final int MAX_QUOTED = 300;

  static HyperdReply of(FullHttpResponse response) {
    return new HyperdReply(
        response.status().code(), response.content().toString(StandardCharsets.UTF_8));
  }

  /** Success is 200, 201 or 204, as the call pleases, and older versions add a code to it. */
  boolean isSuccess() {
    return (status == 200 || status == 201 || status == 204) && code() == 0;
  }

  private int code() {
    return body.startsWith("{") ? Json.parse(body).path("Code").asInt(0) : 0;
  }

  /** Returns the body of a success as JSON. */
  JsonNode json(String action) {
    if (!isSuccess()) {
      throw failure(Reason.RUNTIME_UNAVAILABLE, action);
    }
    JsonNode json = Json.parse(body);
    if (json.isMissingNode()) {
      throw new PodDriverException(
          Reason.RUNTIME_UNAVAILABLE, action + ": hyperd answered what is not JSON: " + quoted());
    }
    return json;
  }

  PodDriverException failure(Reason reason, String action) {
    return new PodDriverException(reason, action + ": hyperd answered " + status + ": " + quoted());
  }

  private String quoted() {
    String text = body.strip();
    return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "…";
  }
}
