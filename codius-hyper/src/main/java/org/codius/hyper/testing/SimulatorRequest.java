package org.codius.hyper.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A request as hyperd reads it.
 *
 * @param uri path and query without the version, which is never checked
 * @param path of it
 * @param body of an archive, a character for each byte
 */
record SimulatorRequest(
    String method,
    String uri,
    String path,
    Map<String, List<String>> query,
    Map<String, List<String>> form,
    String contentType,
    String body) {

  private static final Set<String> FALSE = Set.of("", "0", "no", "false", "none");

  private static final String TAR = "application/x-tar";

  private static final Pattern VERSION = Pattern.compile("^/v[0-9.]+/");

  static SimulatorRequest of(FullHttpRequest http) {
    QueryStringDecoder uri = new QueryStringDecoder(http.uri());
    String contentType = http.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    String body = http.content().toString(contentType.equals(TAR) ? ISO_8859_1 : UTF_8);
    boolean isForm =
        contentType.startsWith(HttpHeaderValues.APPLICATION_X_WWW_FORM_URLENCODED.toString());
    return new SimulatorRequest(
        http.method().name(),
        VERSION.matcher(http.uri()).replaceFirst("/"),
        VERSION.matcher(uri.path()).replaceFirst("/"),
        uri.parameters(),
        isForm ? new QueryStringDecoder(body, false).parameters() : Map.of(),
        contentType,
        body);
  }

  String route() {
    return method + " " + path;
  }

  /** Returns the parameter of either, or an empty string. */
  String get(String name) {
    List<String> values = query.containsKey(name) ? query.get(name) : form.get(name);
    return values == null ? "" : values.get(0);
  }

  boolean has(String name) {
    return !FALSE.contains(get(name).toLowerCase(Locale.ROOT));
  }

  /** Returns the body, which must be said to be JSON. */
  String json() {
    if (!contentType.split(";", -1)[0].strip().equals(SimulatorReply.JSON)) {
      throw new HyperdRefusal(
          "Content-Type specified (" + contentType + ") must be 'application/json'");
    }
    return body;
  }
}
