package org.codius.daemon.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.codius.manifest.ImageReference;
import org.codius.manifest.registry.ImageResolver;
import org.codius.manifest.registry.RegistryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoopbackRegistryTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final OciImage IMAGE =
      OciImage.builder().file("/etc/motd", "welcome\n", 0644).command("/bin/true").build();

  private final HttpClient client = HttpClient.newHttpClient();
  private LoopbackRegistry registry;
  private String name;

  @BeforeEach
  void starts() throws IOException {
    registry = LoopbackRegistry.start();
    name = registry.add("demo/motd", "1", IMAGE);
  }

  @AfterEach
  void stops() {
    registry.close();
  }

  @Test
  void everyPartOfAnImageHasTheDigestItIsAskedForBy() throws Exception {
    HttpResponse<byte[]> manifest = send("GET", "/v2/demo/motd/manifests/" + IMAGE.digest());

    assertThat(manifest.headers().firstValue("Content-Type"))
        .hasValue("application/vnd.oci.image.manifest.v1+json");
    assertThat(sha256(manifest)).isEqualTo(IMAGE.digest());
    JsonNode json = new ObjectMapper().readTree(manifest.body());
    JsonNode layer = json.path("layers").path(0);
    for (JsonNode part : new JsonNode[] {json.path("config"), layer}) {
      HttpResponse<byte[]> blob =
          send("GET", "/v2/demo/motd/blobs/" + part.path("digest").asText());
      assertThat(sha256(blob)).isEqualTo(part.path("digest").asText());
      assertThat(blob.body()).hasSize(part.path("size").asInt());
      assertThat(blob.headers().firstValue("Content-Type"))
          .hasValue(part.path("mediaType").asText());
    }
    JsonNode config =
        new ObjectMapper()
            .readTree(
                send("GET", "/v2/demo/motd/blobs/" + json.path("config").path("digest").asText())
                    .body());
    assertThat(config.path("rootfs").path("diff_ids").path(0)).isEqualTo(layer.path("digest"));
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() throws Exception {
    HttpResponse<byte[]> head = send("HEAD", "/v2/demo/motd/manifests/1");

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length"))
        .hasValue(IMAGE.manifest().bytes().length);
    assertThat(head.headers().firstValue("Docker-Content-Digest")).hasValue(IMAGE.digest());
  }

  @Test
  void aTagResolvesToTheNameThatAddReturned() {
    ImageResolver resolver = new ImageResolver(client, RegistryConfig.DEFAULT);

    ImageReference resolved =
        resolver.resolve(ImageReference.parse(registry.name() + "/demo/motd:1"));

    assertThat(resolved.familiar()).isEqualTo(name);
  }

  @Test
  void whatItDoesNotHaveIsNotFoundAndNothingCanBeWritten() throws Exception {
    assertThat(send("GET", "/v2/").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/v2/demo/motd/manifests/2").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/v2/other/manifests/1").statusCode()).isEqualTo(404);
    assertThat(send("GET", "/v2/demo/motd/blobs/sha256:" + "0".repeat(64)).statusCode())
        .isEqualTo(404);
    assertThat(send("GET", "/etc/passwd").statusCode()).isEqualTo(404);
    assertThat(send("PUT", "/v2/demo/motd/manifests/1").statusCode()).isEqualTo(405);
    assertThat(registry.address().getAddress().isLoopbackAddress()).isTrue();
  }

  private HttpResponse<byte[]> send(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + registry.name() + path))
            .timeout(TIMEOUT)
            .method(method, BodyPublishers.noBody())
            .build();
    return client.send(request, BodyHandlers.ofByteArray());
  }

  private static String sha256(HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).as(new String(response.body(), UTF_8)).isEqualTo(200);
    return "sha256:" + Hashing.sha256().hashBytes(response.body());
  }
}
