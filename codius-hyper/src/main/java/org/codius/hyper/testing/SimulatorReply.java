package org.codius.hyper.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * An answer of a simulated hyperd.
 *
 * @param isStream whether it is sent in chunks however short it is
 */
record SimulatorReply(int status, String contentType, String body, boolean isStream) {

  static final String JSON = "application/json";
  static final String TEXT = "text/plain; charset=utf-8";

  /** What Go sends in one piece, with its length. */
  private static final int MAX_WHOLE = 2048;

  private static final String SERVER = "Docker/library-import (linux)";
  private static final ObjectMapper STRICT =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static SimulatorReply json(int status, JsonNode json) {
    return new SimulatorReply(status, JSON, json + "\n", false);
  }

  static SimulatorReply ok(int status) {
    return new SimulatorReply(status, JSON, "{}\n", false);
  }

  /**
   * Says nothing.
   *
   * @param contentType of nothing; some calls give one, others do not
   */
  static SimulatorReply nothing(String contentType) {
    return new SimulatorReply(204, contentType, "", false);
  }

  /** Tells of the pod {@code id}, which becomes a number if it looks like one. */
  static SimulatorReply done(int status, String id) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("Cause", "").put("Code", 0);
    return json(status, json.set("ID", retyped(id)));
  }

  private static JsonNode retyped(String value) {
    try {
      JsonNode json = STRICT.readTree(value);
      return json.isMissingNode() ? JsonNodeFactory.instance.textNode(value) : json;
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.textNode(value);
    }
  }

  static SimulatorReply progress(List<String> lines) {
    return new SimulatorReply(200, JSON, String.join("\n", lines) + "\n", true);
  }

  static SimulatorReply refusal(HyperdRefusal refusal) {
    return new SimulatorReply(refusal.status(), TEXT, refusal.text() + "\n", false);
  }

  /** Returns what the router says, which is not hyperd's own. */
  static SimulatorReply noRoute() {
    return new SimulatorReply(404, TEXT, "404 page not found\n", false);
  }

  private boolean isFromRouter() {
    return equals(noRoute());
  }

  FullHttpResponse encode() {
    ByteBuf content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), content);
    HttpHeaders headers = response.headers();
    if (!contentType.isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }
    if (!isFromRouter()) {
      headers.set(HttpHeaderNames.SERVER, SERVER);
    }
    if (status >= 400 && body.endsWith("\n")) { // said by Go's helper, which adds both
      headers.set("x-content-type-options", "nosniff");
    }
    headers.set(HttpHeaderNames.DATE, date());
    if (isStream || content.readableBytes() > MAX_WHOLE) {
      headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (status != 204) {
      headers.setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
    }
    return response;
  }

  /** Adds what all replies of hyperd have. */
  static void mark(HttpHeaders headers) {
    headers.set(HttpHeaderNames.SERVER, SERVER);
    headers.set(HttpHeaderNames.DATE, date());
  }

  private static String date() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }
}
