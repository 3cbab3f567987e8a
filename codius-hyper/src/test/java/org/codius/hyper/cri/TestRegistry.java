package org.codius.hyper.cri;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * A registry on the loopback interface with one image, {@code app}: the reading half of OCI's API.
 */
final class TestRegistry implements AutoCloseable {

  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final HttpServer server;
  private final Map<String, byte[]> content = new HashMap<>();
  private final BusyboxImage image;

  private TestRegistry(HttpServer server, BusyboxImage image) {
    this.server = server;
    this.image = image;
    content.put("/v2/", new byte[0]);
    content.put("/v2/app/manifests/" + image.digest(), image.manifest());
    content.put("/v2/app/blobs/" + PauseImage.digest(image.config()), image.config());
    content.put("/v2/app/blobs/" + PauseImage.digest(image.layer()), image.layer());
  }

  static TestRegistry start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    TestRegistry registry = new TestRegistry(server, BusyboxImage.make());
    server.createContext("/", registry::answer);
    server.start();
    return registry;
  }

  /** Returns the full name of the image. */
  String image() {
    return name("app", image.digest());
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
