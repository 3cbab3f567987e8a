package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.Flow;
import org.codius.hyper.LogLine;
import org.codius.payments.Amount;

/** An answer. */
public sealed interface ApiResponse {

  /** One that is ready. */
  record Whole(
      HttpResponseStatus status, String contentType, String body, Map<String, String> headers)
      implements ApiResponse {

    public Whole {
      headers = Map.copyOf(headers);
    }

    public Whole withHeader(String name, String value) {
      return new Whole(status, contentType, body, Map.of(name, value));
    }
  }

  /** One that goes on, line by line. */
  record Lines(Flow.Publisher<LogLine> lines) implements ApiResponse {}

  static Whole json(HttpResponseStatus status, ObjectNode body) {
    return new Whole(status, "application/json; charset=utf-8", body.toString(), Map.of());
  }

  static Whole json(ObjectNode body) {
    return json(HttpResponseStatus.OK, body);
  }

  static Whole html(String body) {
    return new Whole(HttpResponseStatus.OK, "text/html; charset=utf-8", body, Map.of());
  }

  static Whole empty(HttpResponseStatus status) {
    return new Whole(status, "", "", Map.of());
  }

  /** The same as {@link #error}, and what the payer is owed, in base units. */
  static Whole error(
      HttpResponseStatus status, String message, String code, String help, Amount owed) {
    ObjectNode body = errorBody(status, message, code, help);
    body.put("owed", owed.baseUnits().toString());
    return json(status, body);
  }

  /** The original's error body, with a stable reason and the next step. */
  static Whole error(HttpResponseStatus status, String message, String code, String help) {
    return json(status, errorBody(status, message, code, help));
  }

  /** The body of {@link #error}. */
  static ObjectNode errorBody(HttpResponseStatus status, String message, String code, String help) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("statusCode", status.code());
    body.put("error", status.reasonPhrase());
    body.put("message", message);
    body.put("code", code);
    body.put("help", help);
    return body;
  }
}
