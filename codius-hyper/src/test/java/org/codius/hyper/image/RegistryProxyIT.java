package org.codius.hyper.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.codius.hyper.ImageLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containerd is handed, through a proxy of ours, from a real registry. */
class RegistryProxyIT {

  @TempDir Path folder;

  @Test
  void theProxyHandsOutOnlyWhatWasCheckedAndOnlyToContainerd() throws Exception {
    Path hosts = folder.resolve("hosts");
    try (RegistryProcess registry = RegistryProcess.start(folder);
        ImageRegistries registries = ImageRegistries.of(ImagePolicy.DEFAULT.withLoopback());
        RegistryProxy proxy = RegistryProxy.start(registries, hosts)) {
      assertThat(proxy).isNotNull();
      String digest = registry.push("app", "amd64", 1);
      String layer = RegistryProcess.digest("layer 0".getBytes(UTF_8));
      List<String> toml = Files.readAllLines(hosts.resolve("_default/hosts.toml"));
      String base = toml.get(0).replaceAll(".*\"(.*)\"", "$1");
      String secret = toml.get(3).replaceAll(".*\\[\"(.*)\"\\]", "$1");
      String blob = base + "/v2/app/blobs/" + layer + "?ns=" + registry.address();

      assertThat(get(blob, secret)).isEqualTo(404); // not checked yet
      registries.check(registry.address() + "/app@" + digest, ImageLimits.DEFAULT);
      assertThat(get(blob, secret)).isEqualTo(200);
      assertThat(get(blob, "guess")).isEqualTo(403);
      assertThat(get(base + "/v2/app/manifests/" + digest + "?ns=" + registry.address(), secret))
          .isEqualTo(200);
      for (String ns : List.of("10.0.0.1", "evil.example.com", "127.0.0.1:1@evil", "")) {
        assertThat(get(base + "/v2/app/manifests/" + digest + "?ns=" + ns, secret))
            .as(ns)
            .isEqualTo(404);
      }
    }
  }

  private static int get(String uri, String secret) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(uri)).header("X-Codius-Proxy", secret).build(),
            BodyHandlers.discarding())
        .statusCode();
  }
}
