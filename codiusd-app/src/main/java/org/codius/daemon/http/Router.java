package org.codius.daemon.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.regex.Pattern;

/** Finds the endpoint of a request. Every path of the API is listed here. */
final class Router {

  private static final Pattern POD = Pattern.compile("/pods/[^/]+");
  private static final Pattern LOGS = Pattern.compile("/pods/[^/]+/logs");
  private static final Pattern RECEIPT = Pattern.compile("/pods/[^/]+/receipt");

  private final Endpoint quote;
  private final PodsEndpoint pods;
  private final DryRunEndpoint dryRun;
  private final PodEndpoint pod;
  private final LogsEndpoint logs;
  private final PeersEndpoint peers;
  private final HostEndpoint host;

  Router(
      Endpoint quote,
      PodsEndpoint pods,
      DryRunEndpoint dryRun,
      PodEndpoint pod,
      LogsEndpoint logs,
      PeersEndpoint peers,
      HostEndpoint host) {
    this.quote = quote;
    this.pods = pods;
    this.dryRun = dryRun;
    this.pod = pod;
    this.logs = logs;
    this.peers = peers;
    this.host = host;
  }

  ApiResponse respond(ApiRequest request) throws InterruptedException {
    if (isPreflight(request)) {
      return ApiResponse.empty(HttpResponseStatus.NO_CONTENT);
    }
    return endpoint(request).respond(request);
  }

  private Endpoint endpoint(ApiRequest request) {
    String method = request.method().name();
    String path = request.path();
    if (path.equals("/pods")) {
      return switch (method) {
        case "OPTIONS" -> quote;
        case "POST" -> isDryRun(request) ? dryRun : pods::upload;
        case "PUT" -> pods::extend;
        case "GET" -> pods::show;
        case "DELETE" -> pod::surrender;
        default -> throw notFound(request);
      };
    }
    if (path.equals("/peers/discover") && method.equals("POST")) {
      return peers::discover;
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      throw notFound(request);
    }
    if (POD.matcher(path).matches()) {
      return pod::status;
    }
    if (LOGS.matcher(path).matches()) {
      return logs;
    }
    if (RECEIPT.matcher(path).matches()) {
      return pod::receipt;
    }
    if (path.startsWith("/pods/")) {
      throw notFound(request);
    }
    return switch (path) {
      case "/version" -> host::version;
      case "/info" -> host::info;
      case "/memory" -> host::memory;
      case "/openapi.json" -> host::openApi;
      case "/peers" -> peers::list;
      default -> host::page; // as in the original: monitors ask for all sorts of paths
    };
  }

  /** A browser asking for leave, and not the OPTIONS with a manifest that asks for a price. */
  private static boolean isPreflight(ApiRequest request) {
    return request.method().equals(HttpMethod.OPTIONS)
        && !request.hasBody()
        && request.header(HttpHeaderNames.ORIGIN).isPresent()
        && request.header(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD).isPresent();
  }

  private static boolean isDryRun(ApiRequest request) {
    return request.flag("dryRun");
  }

  private static ApiException notFound(ApiRequest request) {
    return new ApiException(
        HttpResponseStatus.NOT_FOUND,
        "Not Found",
        "NO_SUCH_CALL",
        "There is no %s %s here.".formatted(request.method(), request.path()));
  }
}
