package org.codius.hyper.hyperd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A call to hyperd.
 *
 * @param action what it does, in words that begin the message of a failure
 * @param body may hold secrets; is never released
 * @param type of the body
 */
record HyperdRequest(
    String action,
    HttpMethod method,
    String uri,
    ByteBuf body,
    AsciiString type,
    Duration timeout) {

  /**
   * @param json the body, or empty
   */
  HyperdRequest(String action, HttpMethod method, String uri, String json, Duration timeout) {
    this(
        action,
        method,
        uri,
        Unpooled.copiedBuffer(json, StandardCharsets.UTF_8),
        HttpHeaderValues.APPLICATION_JSON,
        timeout);
  }

  static HyperdRequest get(String action, String uri, Duration timeout) {
    return new HyperdRequest(action, HttpMethod.GET, uri, "", timeout);
  }

  static HyperdRequest post(String action, String uri, Duration timeout) {
    return new HyperdRequest(action, HttpMethod.POST, uri, "", timeout);
  }

  /** Whether its connection becomes a stream of bytes both ways. */
  boolean isHijack() {
    return uri.startsWith("/exec/start?");
  }

  /** Whether it reads a log, which may take for as long as its container runs. */
  boolean isLog() {
    return uri.startsWith("/container/logs?");
  }

  /** Returns {@code path} with alternating names and values as its query. */
  static String uri(String path, String... query) {
    QueryStringEncoder encoder = new QueryStringEncoder(path);
    for (int i = 0; i < query.length; i += 2) {
      encoder.addParam(query[i], query[i + 1]);
    }
    return encoder.toString();
  }

  /** Leaves the body out: it holds the pod's private variables. */
  @Override
  public String toString() {
    return method + " " + uri;
  }
}
