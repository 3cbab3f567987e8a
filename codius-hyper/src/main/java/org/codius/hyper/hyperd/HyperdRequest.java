package org.codius.hyper.hyperd;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.time.Duration;

/**
 * A call to hyperd.
 *
 * @param action what it does, in words that begin the message of a failure
 * @param json the body, or empty; may hold secrets
 */
record HyperdRequest(String action, HttpMethod method, String uri, String json, Duration timeout) {

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
