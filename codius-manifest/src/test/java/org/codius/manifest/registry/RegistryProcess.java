package org.codius.manifest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's docker-registry on a free loopback port, with its data in a given folder. */
final class RegistryProcess implements AutoCloseable {

  private static final int STOP_SECONDS = 10;

  private final Process process;
  private final String address;
  private final HttpClient client = HttpClient.newHttpClient();

  private RegistryProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  static RegistryProcess start(Path folder) throws IOException {
    String address = "127.0.0.1:" + freePort();
    Path config = folder.resolve("config.yml");
    Files.writeString(
        config,
        "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: "
            + folder.resolve("data")
            + "\nhttp:\n  addr: "
            + address
            + "\n");
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    awaitListening(process);
    return new RegistryProcess(process, address);
  }

  String address() {
    return address;
  }

  /** Stores an image without layers under {@code repository:tag} and returns its digest. */
  String push(String repository, String tag, String label) throws Exception {
    byte[] config = ("{\"config\":{\"Labels\":{\"l\":\"" + label + "\"}}}").getBytes(UTF_8);
    String configDigest = "sha256:" + Hashing.sha256().hashBytes(config);
    HttpResponse<String> upload =
        send(
            "POST",
            URI.create("http://" + address + "/v2/" + repository + "/blobs/uploads/"),
            new byte[0],
            "");
    URI location = URI.create(upload.headers().firstValue("Location").orElseThrow());
    send(
        "PUT",
        URI.create(location + "&digest=" + configDigest),
        config,
        "application/octet-stream");
    String type = "application/vnd.docker.distribution.manifest.v2+json";
    byte[] manifest =
        ("{\"schemaVersion\":2,\"mediaType\":\""
                + type
                + "\",\"config\":{\"mediaType\":"
                + "\"application/vnd.docker.container.image.v1+json\",\"size\":"
                + config.length
                + ",\"digest\":\""
                + configDigest
                + "\"},\"layers\":[]}")
            .getBytes(UTF_8);
    send("PUT", manifestUri(repository, tag), manifest, type);
    return "sha256:" + Hashing.sha256().hashBytes(manifest);
  }

  /** Stores a list of one image under {@code repository:tag} and returns the list's digest. */
  String pushList(String repository, String tag, String imageDigest) throws Exception {
    String type = "application/vnd.docker.distribution.manifest.list.v2+json";
    byte[] list =
        ("{\"schemaVersion\":2,\"mediaType\":\""
                + type
                + "\",\"manifests\":[{\"mediaType\":"
                + "\"application/vnd.docker.distribution.manifest.v2+json\",\"size\":1,\"digest\":\""
                + imageDigest
                + "\",\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}")
            .getBytes(UTF_8);
    send("PUT", manifestUri(repository, tag), list, type);
    return "sha256:" + Hashing.sha256().hashBytes(list);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
  }

  private URI manifestUri(String repository, String tag) {
    return URI.create("http://" + address + "/v2/" + repository + "/manifests/" + tag);
  }

  private HttpResponse<String> send(String method, URI uri, byte[] body, String type)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(method + " " + uri + ": " + response.statusCode() + response.body());
    }
    return response;
  }

  private static void awaitListening(Process process) throws IOException {
    BufferedReader output = process.inputReader(UTF_8);
    StringBuilder seen = new StringBuilder();
    String line = output.readLine();
    while (line != null && !line.contains("listening on")) {
      seen.append(line).append('\n');
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("docker-registry did not start:\n" + seen);
    }
    Thread drain =
        new Thread(() -> output.lines().forEach(ignored -> {}), "docker-registry-output");
    drain.setDaemon(true);
    drain.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
