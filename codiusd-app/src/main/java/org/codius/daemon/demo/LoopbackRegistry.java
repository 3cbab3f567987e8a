package org.codius.daemon.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A read-only image registry on a port of 127.0.0.1, speaking the pull half of OCI
 * distribution-spec 1.0 over plain HTTP.
 *
 * <p>Blobs are shared by all its repositories. Safe for use by several threads.
 */
public final class LoopbackRegistry implements AutoCloseable {

  private static final Pattern PATH =
      Pattern.compile(
          "/v2/([a-z0-9][a-z0-9._/-]{0,127})/(manifests|blobs)/([A-Za-z0-9_.:-]{1,128})");
  private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,127}");
  private static final int BACKLOG = 16;
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService workers;
  private final Map<String, OciImage.Blob> manifests = new ConcurrentHashMap<>();
  private final Map<String, OciImage.Blob> blobs = new ConcurrentHashMap<>();

  private LoopbackRegistry(HttpServer server, ExecutorService workers) {
    this.server = server;
    this.workers = workers;
  }

  /** Starts an empty registry on a free port. */
  public static LoopbackRegistry start() throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), BACKLOG);
    ExecutorService workers =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "loopback-registry");
              thread.setDaemon(true);
              return thread;
            });
    LoopbackRegistry registry = new LoopbackRegistry(server, workers);
    server.createContext("/", registry::handle);
    server.setExecutor(workers);
    server.start();
    return registry;
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Returns {@code 127.0.0.1:<port>}, as an image name begins. */
  public String name() {
    return "127.0.0.1:" + address().getPort();
  }

  /**
   * Serves {@code image} from now on, by its digest and by {@code tag}.
   *
   * @return what a manifest names it by: {@code 127.0.0.1:<port>/<repository>@sha256:…}
   */
  public String add(String repository, String tag, OciImage image) {
    if (!REPOSITORY.matcher(repository).matches()) {
      throw new IllegalArgumentException(
          "repository: \"" + repository + "\" (expected: a-z, 0-9 and . _ - / inside)");
    }
    for (OciImage.Blob blob : List.of(image.config(), image.layer())) {
      blobs.put(blob.digest(), blob);
    }
    manifests.put(repository + ":" + tag, image.manifest());
    manifests.put(repository + ":" + image.digest(), image.manifest());
    return name() + "/" + repository + "@" + image.digest();
  }

  /** Stops serving at once. */
  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        answer(exchange, 405, error("UNSUPPORTED", "this registry is read-only"));
        return;
      }
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/v2/") || path.equals("/v2")) {
        answer(exchange, 200, new OciImage.Blob("application/json", "{}".getBytes(UTF_8)));
        return;
      }
      Matcher matcher = PATH.matcher(path);
      if (!matcher.matches()) {
        answer(exchange, 404, error("NAME_UNKNOWN", "no such repository"));
        return;
      }
      boolean isManifest = matcher.group(2).equals("manifests");
      OciImage.Blob found =
          isManifest
              ? manifests.get(matcher.group(1) + ":" + matcher.group(3))
              : blobs.get(matcher.group(3));
      if (found == null) {
        String code = isManifest ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
        answer(exchange, 404, error(code, "not here: " + matcher.group(3)));
        return;
      }
      exchange.getResponseHeaders().set("Docker-Content-Digest", found.digest());
      answer(exchange, 200, found);
    }
  }

  private static void answer(HttpExchange exchange, int status, OciImage.Blob body)
      throws IOException {
    byte[] bytes = body.bytes();
    exchange.getResponseHeaders().set("Docker-Distribution-Api-Version", "registry/2.0");
    exchange.getResponseHeaders().set("Content-Type", body.mediaType());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static OciImage.Blob error(String code, String message) {
    String json = "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}";
    return new OciImage.Blob("application/json", json.getBytes(UTF_8));
  }
}
