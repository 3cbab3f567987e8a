package org.codius.hyper.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import java.io.BufferedReader;
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
import java.util.Base64;

/** Debian's docker-registry on a free port of the loopback interface. */
final class RegistryProcess implements AutoCloseable {

  /** Who may ask a registry that was started with {@link #startLocked}. */
  static final ImagePolicy.Login LOGIN = new ImagePolicy.Login("codius", "open sesame");

  private static final String HTPASSWD =
      "codius:$2b$04$7uNT47OuUkIVvmqbq4pame0CPq4hsj7.6OXZ0U/8yQnNFBdChXlzy\n";

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final String address;

  private RegistryProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  static RegistryProcess start(Path folder) throws IOException {
    return start(folder, "");
  }

  /** Starts one that answers only who logs in with {@link #LOGIN}. */
  static RegistryProcess startLocked(Path folder) throws IOException {
    Path users = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
    return start(folder, "auth: { htpasswd: { realm: test, path: \"" + users + "\" } }");
  }

  private static RegistryProcess start(Path folder, String more) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    Path config =
        Files.writeString(
            folder.resolve("registry.yml"),
            """
            version: 0.1
            storage: { filesystem: { rootdirectory: "%s" } }
            http: { addr: "%s" }
            %s
            """
                .formatted(folder.resolve("data"), address, more));
    Process process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader output = process.inputReader(UTF_8);
    for (String line = output.readLine(); ; line = output.readLine()) {
      if (line == null) {
        throw new IOException("docker-registry did not start");
      }
      if (line.contains("listening on")) {
        break;
      }
    }
    Thread drain = new Thread(() -> output.lines().forEach(line -> {}), "registry-output");
    drain.setDaemon(true);
    drain.start();
    return new RegistryProcess(process, address);
  }

  String address() {
    return address;
  }

  /** Stores an image of some layers and returns the digest of its manifest. */
  String push(String repository, String architecture, int layers) throws Exception {
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
            .formatted(architecture)
            .getBytes(UTF_8);
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < layers; i++) {
      byte[] layer = ("layer " + i).getBytes(UTF_8);
      blob(repository, layer);
      list.append(i == 0 ? "" : ",").append(descriptor("layer.v1.tar", layer));
    }
    blob(repository, config);
    return put(
        repository,
        "application/vnd.oci.image.manifest.v1+json",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":%s,\"layers\":[%s]}"
            .formatted(descriptor("config.v1+json", config), list));
  }

  /** Stores an index with one image for a platform and returns its digest. */
  String pushIndex(String repository, String architecture, String digest) throws Exception {
    return put(
        repository,
        "application/vnd.oci.image.index.v1+json",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\",\"size\":1,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}]}"
            .formatted(digest, architecture));
  }

  private String put(String repository, String type, String manifest) throws Exception {
    String digest = digest(manifest.getBytes(UTF_8));
    send("PUT", "/v2/" + repository + "/manifests/" + digest, manifest.getBytes(UTF_8), type);
    return digest;
  }

  private void blob(String repository, byte[] content) throws Exception {
    URI place =
        URI.create(
            send("POST", "/v2/" + repository + "/blobs/uploads/", new byte[0], "")
                .headers()
                .firstValue("Location")
                .orElseThrow());
    send(
        "PUT",
        place.getRawPath() + "?" + place.getRawQuery() + "&digest=" + digest(content),
        content,
        "application/octet-stream");
  }

  private HttpResponse<String> send(String method, String path, byte[] body, String type)
      throws Exception {
    String login = LOGIN.user() + ":" + LOGIN.password();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + address + path))
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)))
            .method(method, BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(method + " " + path + ": " + response.body());
    }
    return response;
  }

  static String descriptor(String type, byte[] content) {
    return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(type, digest(content), content.length);
  }

  static String digest(byte[] content) {
    return "sha256:" + Hashing.sha256().hashBytes(content);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
