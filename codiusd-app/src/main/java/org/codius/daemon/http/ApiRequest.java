package org.codius.daemon.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.codius.daemon.lease.Caller;

/** A request, whole: copied out of Netty's buffers, so that a worker can take its time with it. */
public final class ApiRequest {

  private final HttpMethod method;
  private final String path;
  private final Map<String, List<String>> query;
  private final HttpHeaders headers;
  private final byte[] body;
  private final Caller caller;

  /**
   * @throws IllegalArgumentException if the target cannot be decoded
   */
  ApiRequest(FullHttpRequest request, Caller caller) {
    QueryStringDecoder target = new QueryStringDecoder(request.uri());
    this.method = request.method();
    this.path = target.path();
    this.query = target.parameters();
    this.headers = request.headers().copy();
    this.body = ByteBufUtil.getBytes(request.content());
    this.caller = caller;
  }

  public HttpMethod method() {
    return method;
  }

  public String path() {
    return path;
  }

  public byte[] body() {
    return body.clone();
  }

  boolean hasBody() {
    return body.length > 0;
  }

  Caller caller() {
    return caller;
  }

  /** Returns a field, its values joined by commas if it is given more than once (RFC 9110 §5.3). */
  Optional<String> header(CharSequence name) {
    List<String> values = headers.getAll(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  /**
   * Returns a query parameter, or empty if it is not given.
   *
   * @throws ApiException if it is given more than once
   */
  public Optional<String> parameter(String name) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request query input",
          "REPEATED_PARAMETER",
          "Give \"" + name + "\" once.");
    }
    return values.stream().findFirst();
  }

  /**
   * Returns whether a query parameter is {@code true}; it is {@code false} if it is not given.
   *
   * @throws ApiException if it is neither
   */
  boolean flag(String name) {
    String value = parameter(name).orElse("false");
    if (!value.equals("true") && !value.equals("false")) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request query input",
          "INVALID_FLAG",
          name + " is true or false.");
    }
    return value.equals("true");
  }

  /**
   * Fails if there are other query parameters than these.
   *
   * @throws ApiException if there are
   */
  void requireOnly(String... names) {
    for (String name : query.keySet()) {
      if (!List.of(names).contains(name)) {
        throw new ApiException(
            HttpResponseStatus.BAD_REQUEST,
            "Invalid request query input",
            "UNKNOWN_PARAMETER",
            "Leave out \"" + name + "\": it means nothing here.");
      }
    }
  }

  /**
   * Fails unless the body is JSON or does not say what it is, as the original has it.
   *
   * @throws ApiException if it is of another type
   */
  public void requireJson() {
    String type = header(HttpHeaderNames.CONTENT_TYPE).orElse("application/json");
    if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      throw new ApiException(
          HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE,
          "Unsupported Media Type",
          "NOT_JSON",
          "Send the body as application/json.");
    }
  }
}
