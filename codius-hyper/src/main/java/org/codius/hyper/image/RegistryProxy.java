package org.codius.hyper.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import com.google.common.io.ByteStreams;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.hyper.image.RegistryHttp.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one registry a private containerd knows: it asks here for every image, and gets the parts of
 * those that {@link ImageRegistries#check} found in order.
 *
 * <p>So containerd itself connects to nothing outside, follows no redirect and no foreign token
 * service, and knows no login. It listens on the loopback interface; who asks shows a secret that
 * is in containerd's configuration, which only root can read.
 */
public final class RegistryProxy implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RegistryProxy.class);

  /** As many images at a time as are pulled, with the three layers of each that containerd does. */
  private static final int THREADS = 16;

  private static final int WAITING = 64;
  private static final String SECRET_HEADER = "X-Codius-Proxy";
  private static final Pattern PATH =
      Pattern.compile("/v2/([^%]{1,255})/(manifests|blobs)/([A-Za-z0-9._:-]{1,200})");
  private static final Pattern NAMESPACE = Pattern.compile("ns=([^&]{1,255})");
  private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");

  private final ImageRegistries registries;
  private final HttpServer server;
  private final ThreadPoolExecutor workers;
  private final String secret;

  private RegistryProxy(ImageRegistries registries, HttpServer server, String secret) {
    this.registries = registries;
    this.server = server;
    this.secret = secret;
    AtomicInteger count = new AtomicInteger();
    this.workers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "codius-registry-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    workers.allowCoreThreadTimeOut(true);
  }

  /**
   * Starts listening, and tells the containerd whose {@code config_path} is {@code hosts} to ask
   * nobody else. Whatever that folder held is removed.
   */
  public static RegistryProxy start(ImageRegistries registries, Path hosts) throws IOException {
    byte[] secret = new byte[24];
    new SecureRandom().nextBytes(secret);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), WAITING);
    RegistryProxy proxy =
        new RegistryProxy(
            requireNonNull(registries, "registries"), server, BaseEncoding.base16().encode(secret));
    try {
      server.setExecutor(proxy.workers);
      server.createContext("/", proxy::handle);
      server.start();
      proxy.tell(hosts);
      return proxy;
    } catch (IOException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  /** Read by containerd at every pull (its documentation: docs/hosts.md). */
  private void tell(Path hosts) throws IOException {
    if (Files.exists(hosts)) {
      MoreFiles.deleteDirectoryContents(hosts, RecursiveDeleteOption.ALLOW_INSECURE);
    }
    Path folder = Files.createDirectories(hosts.resolve("_default"));
    Files.writeString(
        folder.resolve("hosts.toml"),
        """
        server = "http://127.0.0.1:%d"
        capabilities = ["pull", "resolve"]
        [header]
          %s = ["%s"]
        """
            .formatted(server.getAddress().getPort(), SECRET_HEADER, secret));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (UnknownHostException e) {
        log.warn("refused uri={} reason={}", exchange.getRequestURI(), e.getMessage());
        refuse(exchange, 404, "not found or not allowed");
      } catch (IOException e) {
        log.warn("failed uri={} reason={}", exchange.getRequestURI(), e.toString());
        refuse(exchange, 502, "the registry gave no usable answer");
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String shown = exchange.getRequestHeaders().getFirst(SECRET_HEADER);
    if (shown == null
        || !MessageDigest.isEqual(shown.getBytes(UTF_8), secret.getBytes(UTF_8))
        || !isReading(exchange)) {
      exchange.sendResponseHeaders(403, -1);
      return;
    }
    Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
    String query = exchange.getRequestURI().getQuery();
    Matcher namespace = NAMESPACE.matcher(query == null ? "" : query);
    if (!path.matches() || !namespace.find()) {
      throw new UnknownHostException("no such path");
    }
    ImageName name;
    try {
      name = new ImageName(namespace.group(1), path.group(1), path.group(3));
    } catch (IllegalArgumentException e) {
      throw new NotAllowedException(String.valueOf(e.getMessage()));
    }
    if (path.group(2).equals("manifests")) {
      manifest(exchange, name);
    } else {
      blob(exchange, name);
    }
  }

  private static boolean isReading(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    return method.equals("GET") || method.equals("HEAD");
  }

  private void manifest(HttpExchange exchange, ImageName name) throws IOException {
    ImageManifest manifest = registries.manifest(name);
    exchange
        .getResponseHeaders()
        .set("Docker-Content-Digest", "sha256:" + Hashing.sha256().hashBytes(manifest.bytes()));
    exchange.getResponseHeaders().set("Content-Type", manifest.mediaType());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange
          .getResponseHeaders()
          .set("Content-Length", Integer.toString(manifest.bytes().length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    exchange.sendResponseHeaders(200, manifest.bytes().length);
    exchange.getResponseBody().write(manifest.bytes());
  }

  private void blob(HttpExchange exchange, ImageName name) throws IOException {
    if (!DIGEST.matcher(name.reference()).matches()) {
      throw new UnknownHostException("a blob without digest");
    }
    long size = registries.sizeOf(name);
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(size));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    try (Response response = registries.ask(name, "GET", "blobs/" + name.reference())) {
      exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
      copy(response.message().getEntity().getContent(), exchange.getResponseBody(), size);
    }
  }

  /** Only as fast as containerd reads, and no more than was announced. */
  private static void copy(InputStream in, OutputStream out, long size) throws IOException {
    ByteStreams.limit(in, size).transferTo(out);
  }

  /** Too late if part of an answer has gone out; then the connection just ends. */
  private static void refuse(HttpExchange exchange, int status, String message) throws IOException {
    if (exchange.getResponseCode() != -1) {
      return;
    }
    byte[] body =
        "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}"
            .formatted(status == 404 ? "NAME_UNKNOWN" : "UNKNOWN", message)
            .getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(
        status, exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
    if (!exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseBody().write(body);
    }
  }

  /** Stops listening and breaks off what is under way. The registries stay open. */
  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
