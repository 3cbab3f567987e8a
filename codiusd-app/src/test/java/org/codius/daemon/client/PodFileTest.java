package org.codius.daemon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.codius.manifest.generate.ManifestGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodFileTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final ManifestGenerator generator =
      new ManifestGenerator(
          image -> image.withDigest("sha256:" + "b".repeat(64)), new SecureRandom());

  @Test
  void variablesBesideACodiusJsonAreCombinedWithIt() throws Exception {
    Path file = write("codius.json", codius("web:1", "\"SECRET\":\"$SECRET\""));
    Path vars =
        write("codiusvars.json", "{\"vars\":{\"private\":{\"SECRET\":{\"value\":\"my secret\"}}}}");

    PodFile pod = PodFile.load(file, vars, JSON.createObjectNode(), generator);

    JsonNode body = JSON.readTree(pod.body());
    assertThat(body.at("/private/vars/SECRET/value").asText()).isEqualTo("my secret");
    assertThat(body.at("/manifest/vars/SECRET/encoding").asText()).isEqualTo("private:sha256");
    assertThat(body.at("/manifest/containers/0/image").asText()).endsWith("b".repeat(64));
    assertThat(pod.toString()).doesNotContain("my secret");
  }

  /** Which machines there are, the host says. */
  @Test
  void mayAskForAnyMachine() throws Exception {
    Path none = folder.resolve("codiusvars.json");
    String manifest = codius("web:1", "").replace("\"small\"", "\"huge\"");
    Path file = write("codius.json", manifest);

    PodFile generated = PodFile.load(file, none, JSON.createObjectNode(), generator);

    assertThat(JSON.readTree(generated.body()).at("/manifest/machine").asText()).isEqualTo("huge");
    assertThat(PodFile.of(generated.body()).manifestHash()).isEqualTo(generated.manifestHash());
    assertThatThrownBy(() -> PodFile.of(generated.body().replace("\"huge\"", "7")))
        .hasMessageContaining("manifest.machine");
  }

  @Test
  void theSameFilesGiveTheSamePodAgainAsLongAsTheStateRemembersIt() throws Exception {
    Path file = write("codius.json", codius("web:1", "\"SECRET\":\"$SECRET\""));
    Path vars =
        write("codiusvars.json", "{\"vars\":{\"private\":{\"SECRET\":{\"value\":\"my secret\"}}}}");
    PodFile pod = PodFile.load(file, vars, JSON.createObjectNode(), generator);
    ObjectNode state = JSON.createObjectNode().put("sources", pod.sources());
    state.set("generatedManifest", JSON.readTree(pod.body()));

    assertThat(PodFile.load(file, vars, state, generator).manifestHash())
        .isEqualTo(pod.manifestHash());

    write("codiusvars.json", "{\"vars\":{\"private\":{\"SECRET\":{\"value\":\"another\"}}}}");
    assertThat(PodFile.load(file, vars, state, generator).manifestHash())
        .isNotEqualTo(pod.manifestHash());
  }

  @Test
  void aBareManifestAndACompleteRequestAreThePodTheyDescribe() throws Exception {
    PodFile expected = PodFile.of(Pods.request("p"));
    Path request = write("request.json", Pods.request("p"));
    Path manifest =
        write("manifest.json", JSON.readTree(Pods.request("p")).path("manifest").toString());
    Path none = folder.resolve("none");

    for (Path file : new Path[] {request, manifest}) {
      assertThat(PodFile.load(file, none, JSON.createObjectNode(), generator).manifestHash())
          .isEqualTo(expected.manifestHash());
    }
  }

  @Test
  void everythingThatIsWrongIsNamedAtOnce() {
    String bad = Pods.request("p").replace("\"port\":\"8080\"", "\"port\":8080,\"colour\":\"red\"");

    assertThatThrownBy(() -> PodFile.of(bad))
        .isInstanceOf(ClientException.class)
        .hasMessageContaining("manifest.port")
        .hasMessageContaining("colour");
  }

  @Test
  void whatIsNoManifestIsSaidSo() throws Exception {
    Path none = folder.resolve("none");
    Path broken = write("broken.json", "{\"manifest\": \n nonsense}");
    Path other = write("package.json", "{\"name\":\"x\"}");

    assertThatThrownBy(() -> PodFile.load(none, none, JSON.createObjectNode(), generator))
        .hasMessage("no such file: " + none);
    assertThatThrownBy(() -> PodFile.load(broken, none, JSON.createObjectNode(), generator))
        .hasMessageStartingWith(broken + " is no JSON: line 2, column ")
        .hasMessageContaining("(expected: names in double quotes, each with a colon and a value")
        .hasMessageNotContainingAny("Unrecognized token", "fasterxml", "StreamReadFeature");
    assertThatThrownBy(() -> PodFile.load(other, none, JSON.createObjectNode(), generator))
        .hasMessage(other + " is neither a manifest nor an upload request");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static String codius(String image, String environment) {
    return """
        {"manifest":{"name":"p","version":"1.0.0","machine":"small","port":"80",
        "containers":[{"id":"web","image":"%s","environment":{%s}}]}}"""
        .formatted(image, environment);
  }
}
