package org.codius.hyper.cri;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A registry on the loopback interface with the image {@code app}, and more: the reading half of
 * OCI's API.
 */
public final class TestRegistry implements AutoCloseable {

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpServer server;
  private final Map<String, byte[]> content = new ConcurrentHashMap<>();
  private final String image;

  private TestRegistry(HttpServer server, TestImage image) {
    this.server = server;
    content.put("/v2/", new byte[0]);
    this.image = add("app", image);
  }

  /** Adds an image and returns its full name. */
  public String add(String repository, TestImage added) {
    String digest = PauseImage.digest(added.manifest());
    return addUnder(repository, digest.substring(digest.indexOf(':') + 1), added);
  }

  /** Adds an image under any digest, right or wrong, and returns its full name. */
  String addUnder(String repository, String sha256, TestImage added) {
    String path = "/v2/" + repository;
    content.put(path + "/manifests/sha256:" + sha256, added.manifest());
    content.put(path + "/blobs/" + PauseImage.digest(added.config()), added.config());
    content.put(path + "/blobs/" + PauseImage.digest(added.layer()), added.layer());
    return name(repository, "sha256:" + sha256);
  }

  public static TestRegistry start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestRegistry registry = new TestRegistry(server, BusyboxImage.make());
    server.createContext("/", registry::answer);
    server.start();
    return registry;
  }

  /** Returns the full name of the image. */
  public String image() {
    return image;
  }

  /** Returns the name that {@link #add} makes known. */
  String nameOf(String repository, TestImage image) {
    return name(repository, PauseImage.digest(image.manifest()));
  }

  /** Returns a well-formed name of an image that is not there. */
  String missingImage() {
    return name("app", "sha256:" + "0".repeat(64));
  }

  private String name(String repository, String digest) {
    return "127.0.0.1:" + server.getAddress().getPort() + "/" + repository + "@" + digest;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = content.get(path);
      if (body == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      exchange
          .getResponseHeaders()
          .set("Content-Type", path.contains("manifests") ? MANIFEST : "application/octet-stream");
      exchange.getResponseHeaders().set("Docker-Content-Digest", PauseImage.digest(body));
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
