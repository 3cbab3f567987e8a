package org.codius.daemon.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.codius.daemon.http.ApiException;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What may not be run. A body is {@code {"kind": …, "value": …, "reason": …}}. */
public final class BanCalls {

  private static final Logger log = LoggerFactory.getLogger(BanCalls.class);

  private static final int LONGEST_REASON = 200;

  private final Bans bans;

  public BanCalls(Bans bans) {
    this.bans = bans;
  }

  ApiResponse list(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode list = body.putArray("bans");
    bans.all()
        .forEach(
            (ban, reason) ->
                list.addObject()
                    .put("kind", ban.kind().toString())
                    .put("value", ban.value())
                    .put("reason", reason));
    return ApiResponse.json(body);
  }

  ApiResponse add(ApiRequest request, String none) {
    JsonNode body = Input.body(request);
    String reason = body.path("reason").asText("");
    if (reason.length() > LONGEST_REASON) {
      throw Input.bad("BAD_REASON", "A reason has up to " + LONGEST_REASON + " characters.");
    }
    Ban ban = ban(body);
    bans.add(ban, reason);
    log.info("banned what={} reason={}", ban, reason);
    return list(request, none);
  }

  ApiResponse remove(ApiRequest request, String none) {
    Ban ban = ban(Input.body(request));
    if (!bans.remove(ban)) {
      throw new ApiException(
          HttpResponseStatus.NOT_FOUND,
          "The " + ban + " is not banned.",
          "NOT_BANNED",
          "codiusd bans lists what is.");
    }
    log.info("no longer banned what={}", ban);
    return list(request, none);
  }

  private static Ban ban(JsonNode body) {
    Ban.Kind kind =
        Ban.Kind.parse(body.path("kind").asText(""))
            .orElseThrow(() -> Input.bad("BAD_KIND", "\"kind\" is image, manifest or registry."));
    try {
      return new Ban(kind, body.path("value").asText(""));
    } catch (IllegalArgumentException e) {
      throw Input.bad("BAD_VALUE", String.valueOf(e.getMessage()));
    }
  }
}
