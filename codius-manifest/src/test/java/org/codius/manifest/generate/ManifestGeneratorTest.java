package org.codius.manifest.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.codius.manifest.ImageReference;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.manifest.PrivateVariable;
import org.codius.manifest.Rules;
import org.codius.manifest.Variable;
import org.codius.manifest.Vectors;
import org.codius.manifest.Violation;
import org.codius.manifest.Violation.Code;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestGeneratorTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  /** The recording had no network: what these cases answered says nothing. */
  private static final String UNUSABLE = "Failed to get authentication info from registry";

  @ParameterizedTest
  @MethodSource("generated")
  void generatesAsTheLibrary(JsonNode call) {
    PodRequest request = generate(call);

    assertThat(request.secretJson()).isEqualTo(call.get("output").toString());
  }

  static Stream<Arguments> generated() {
    return cases("generateManifest")
        .filter(call -> call.has("output"))
        .map(ManifestGeneratorTest::named);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesAsTheLibrary(JsonNode call) {
    String sentence = call.get("rejects").asText();

    InvalidManifestException refusal =
        catchThrowableOfType(InvalidManifestException.class, () -> generate(call));

    assertThat(refusal.violations()).hasSize(1);
    assertThat(sentence).contains("\"path\": \"" + refusal.violations().get(0).path() + "\"");
  }

  static Stream<Arguments> refused() {
    return cases("generateManifest")
        .filter(call -> call.has("rejects") && !call.get("rejects").asText().equals(UNUSABLE))
        .map(ManifestGeneratorTest::named);
  }

  @ParameterizedTest
  @MethodSource("simple")
  void simplifiesAsTheLibrary(JsonNode call) {
    PodRequest request =
        ManifestParser.parseRequest(Vectors.bytes(call.get("input").get(0)), Rules.GENERATED);

    assertThat(ManifestGenerator.secretSimpleJson(request))
        .isEqualTo(call.get("output").toString());
  }

  static Stream<Arguments> simple() {
    return cases("generateSimpleManifest")
        .filter(call -> call.has("output"))
        .map(ManifestGeneratorTest::named);
  }

  @Test
  void pinsImagesByTag() {
    PodRequest request = generate("nginx:1.25", "{}");

    assertThat(request.manifest().containers().get(0).image()).isEqualTo("nginx@" + DIGEST);
  }

  @Test
  void refusesAnImageThatIsNone() {
    InvalidManifestException refusal =
        catchThrowableOfType(InvalidManifestException.class, () -> generate("NGINX", "{}"));

    assertThat(refusal.violations())
        .extracting(Violation::path, Violation::code)
        .containsExactly(tuple("manifest.containers.0.image", Code.INVALID_IMAGE));
  }

  @Test
  void makesANewNonceForEachPrivateVariable() {
    ManifestGenerator generator =
        new ManifestGenerator(ManifestGeneratorTest::pin, new SecureRandom());
    String codius =
        "{\"manifest\":{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"a\","
            + "\"image\":\"b\",\"environment\":{\"A\":\"$A\",\"B\":\"$B\"}}]}}";
    String vars = "{\"vars\":{\"private\":{\"A\":{\"value\":\"x\"},\"B\":{\"value\":\"x\"}}}}";

    PodRequest request = generator.generate(codius.getBytes(UTF_8), vars.getBytes(UTF_8));

    PrivateVariable a = request.privateVariables().find("A").orElseThrow();
    PrivateVariable b = request.privateVariables().find("B").orElseThrow();
    assertThat(a.nonce()).matches("[0-9a-f]{32}").isNotEqualTo(b.nonce());
    assertThat(request.manifest().variables())
        .containsEntry("A", new Variable(Variable.PRIVATE_SHA256, a.hash()));
    assertThat(request.privateVariables().hashes()).containsEntry("B", b.hash());
  }

  @Test
  void reportsEverythingWrongWithTheVariablesAtOnce() {
    String vars =
        "{\"vars\":{\"public\":{\"A\":1,\"B\":{},\"C\":{\"value\":2,\"description\":3}},"
            + "\"private\":{\"D\":{\"value\":\"x\",\"nonce\":\"y\"}}},\"more\":1}";

    InvalidManifestException refusal =
        catchThrowableOfType(InvalidManifestException.class, () -> generate("b", vars));

    assertThat(refusal.violations())
        .extracting(violation -> violation.path() + " " + violation.code())
        .containsExactly(
            " UNKNOWN_PROPERTY",
            "vars.public.A WRONG_TYPE",
            "vars.public.B.value MISSING",
            "vars.public.C.value WRONG_TYPE",
            "vars.public.C.description WRONG_TYPE",
            "vars.private.D UNKNOWN_PROPERTY");
  }

  @Test
  void neverQuotesAFileThatIsNoJson() {
    InvalidManifestException refusal =
        catchThrowableOfType(
            InvalidManifestException.class, () -> generate("b", "{\"vars\": s3cret}"));

    assertThat(refusal.violations().toString()).doesNotContain("s3cret");
    assertThat(refusal).hasNoCause();
  }

  private static ImageReference pin(ImageReference image) {
    return image.withDigest(DIGEST);
  }

  private static PodRequest generate(String image, String vars) {
    String variables = vars.equals("{}") ? "{\"vars\":{}}" : vars;
    String codius =
        "{\"manifest\":{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"a\","
            + "\"image\":\""
            + image
            + "\"}]}}";
    return new ManifestGenerator(ManifestGeneratorTest::pin, () -> "nonce", Rules.GENERATED)
        .generate(codius.getBytes(UTF_8), variables.getBytes(UTF_8));
  }

  private static PodRequest generate(JsonNode call) {
    JsonNode input = call.get("input");
    return new ManifestGenerator(
            ManifestGeneratorTest::pin, () -> call.get("nonceStub").asText(), Rules.GENERATED)
        .generate(Vectors.bytes(input.get("codius")), Vectors.bytes(input.get("codiusvars")));
  }

  private static Stream<JsonNode> cases(String function) {
    return Vectors.each(Vectors.suite().get("cases"))
        .filter(call -> call.get("fn").asText().equals(function));
  }

  private static Arguments named(JsonNode call) {
    return Arguments.of(Named.of(call.get("test").asText(), call));
  }
}
