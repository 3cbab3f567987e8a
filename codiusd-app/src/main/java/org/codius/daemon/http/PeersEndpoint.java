package org.codius.daemon.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.codius.daemon.peers.PeerUri;
import org.codius.daemon.peers.Peers;

/** {@code /peers}: the hosts this one knows, and how others make themselves known to it. */
final class PeersEndpoint {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}|1000");
  private static final Set<String> DISCOVER_FIELDS = Set.of("peers", "limit");

  private final Peers peers;
  private final HostInfo info;

  PeersEndpoint(Peers peers, HostInfo info) {
    this.peers = peers;
    this.info = info;
  }

  /** {@code GET /peers?limit=}: a random choice of the known hosts. */
  ApiResponse list(ApiRequest request) {
    request.requireOnly("limit");
    String limit = request.parameter("limit").orElse(Integer.toString(Peers.MAXIMUM));
    if (!LIMIT.matcher(limit).matches()) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request query input",
          "INVALID_LIMIT",
          "limit is a whole number from 1 to 1000.");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("peers", sample(Integer.parseInt(limit)));
    return ApiResponse.json(body);
  }

  /** {@code POST /peers/discover}: hears of hosts, and tells of some. */
  ApiResponse discover(ApiRequest request) {
    request.requireJson();
    JsonNode message = read(request.body());
    int limit = limit(message.path("limit"));
    List<PeerUri> told = told(message.path("peers"));
    if (!info.isHealthy().getAsBoolean()) {
      throw new ApiException(
          HttpResponseStatus.FORBIDDEN,
          "This host is misconfigured.",
          "NOT_HEALTHY",
          "It cannot sell pods at the moment, and passes nobody on.");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("name", HostEndpoint.NAME).put("version", info.version());
    body.set("peers", sample(limit));
    peers.hear(told);
    return ApiResponse.json(body);
  }

  private ArrayNode sample(int limit) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    peers.sample(limit).forEach(peer -> array.add(peer.toString()));
    return array;
  }

  private static JsonNode read(byte[] body) {
    JsonNode message;
    try {
      message = JSON.readTree(body);
    } catch (IOException e) {
      throw malformed("Invalid request payload JSON format", "The body is no JSON.");
    }
    boolean isKnown =
        message.isObject()
            && Stream.of(message)
                .flatMap(object -> object.properties().stream())
                .allMatch(field -> DISCOVER_FIELDS.contains(field.getKey()));
    if (!isKnown || !message.path("peers").isArray()) {
      throw invalid(
          "The body is {\"peers\": [\"https://…\"], \"limit\": …}, without the limit too.");
    }
    return message;
  }

  private static int limit(JsonNode limit) {
    if (limit.isMissingNode()) {
      return Peers.MAXIMUM;
    }
    if (!limit.isInt() || limit.intValue() < 1 || limit.intValue() > Peers.MAXIMUM) {
      throw invalid("limit is a whole number from 1 to 1000.");
    }
    return limit.intValue();
  }

  /** Entries that name no host are left out: the original's hosts pass on all they were told. */
  private static List<PeerUri> told(JsonNode entries) {
    List<PeerUri> told = new ArrayList<>();
    for (JsonNode entry : entries) {
      if (!entry.isTextual()) {
        throw invalid("Each of peers is a text like https://codius.example.com.");
      }
      PeerUri.parse(entry.textValue()).ifPresent(told::add);
    }
    return told;
  }

  private static ApiException invalid(String help) {
    return malformed("Invalid request payload input", help);
  }

  private static ApiException malformed(String message, String help) {
    return new ApiException(HttpResponseStatus.BAD_REQUEST, message, "INVALID_MESSAGE", help);
  }
}
