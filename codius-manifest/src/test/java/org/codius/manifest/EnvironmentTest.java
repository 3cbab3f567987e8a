package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.codius.manifest.InvalidManifestException.Kind.INTERPOLATION;
import static org.codius.manifest.InvalidManifestException.Kind.SCHEMA;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.codius.manifest.Violation.Code;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EnvironmentTest {

  private static final JsonNode VECTORS = Vectors.manifestVectors().get("envVectors");
  private static final String URI = VECTORS.get("publicUri").asText();

  /** What the original does here is not what a host should do; {@code docs/differences.md}. */
  private static final Set<String> DELIBERATELY_DIFFERENT =
      Set.of(
          "two-dollars",
          "var-prototype-toString",
          "var-prototype-constructor",
          "undefined-var-private-undefined");

  /** The recorded function was called directly; over HTTP the schema refuses these before. */
  private static final Set<String> REFUSED_BY_THE_SCHEMA =
      Set.of(
          "unknown-encoding", "unknown-machine-falls-back-to-small", "machine-toString(prototype)");

  @ParameterizedTest
  @MethodSource("resolvable")
  void resolvesAsTheOriginal(JsonNode vector) {
    PodRequest request = ManifestParser.parseRequest(request(vector));

    Map<String, Map<String, String>> environments =
        Environment.resolve(request.manifest(), request.privateVariables(), URI);

    assertThat(entries(environments, request.manifest().hash())).isEqualTo(expected(vector));
  }

  static Stream<Arguments> resolvable() {
    return cases().filter(vector -> vector.has("podSpec")).map(EnvironmentTest::named);
  }

  @ParameterizedTest
  @MethodSource("unresolvable")
  void refusesWithTheOriginalsSentence(JsonNode vector) {
    PodRequest request = ManifestParser.parseRequest(request(vector));

    InvalidManifestException refusal = refusal(request);

    assertThat(refusal.kind()).isEqualTo(INTERPOLATION);
    assertThat(refusal).hasMessage(vector.get("error").get("message").asText());
  }

  static Stream<Arguments> unresolvable() {
    return cases().filter(vector -> vector.has("error")).map(EnvironmentTest::named);
  }

  @ParameterizedTest
  @MethodSource("refusedBefore")
  void theSchemaRefusesWhatTheOriginalNeverGotToResolve(JsonNode vector) {
    InvalidManifestException refusal =
        catchThrowableOfType(
            InvalidManifestException.class, () -> ManifestParser.parseRequest(request(vector)));

    assertThat(refusal.kind()).isEqualTo(SCHEMA);
  }

  static Stream<Arguments> refusedBefore() {
    return Vectors.each(VECTORS.get("cases"))
        .filter(vector -> REFUSED_BY_THE_SCHEMA.contains(vector.get("id").asText()))
        .map(EnvironmentTest::named);
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void answersAsTheRecordedHost(String file) {
    String transcript = Vectors.text(file);
    String body =
        transcript.substring(transcript.indexOf("{\"manifest\""), transcript.indexOf("\n<<<<"));
    PodRequest request = ManifestParser.parseRequest(body.strip().getBytes(UTF_8));

    InvalidManifestException refusal = refusal(request);

    assertThat(transcript).endsWith(",\"message\":" + JsonText.quote(refusal.getMessage()) + "}");
  }

  static Stream<String> transcripts() {
    return Stream.of(
        "10.073-post-422-env-CODIUS.txt",
        "10.074-post-422-undefined-var.txt",
        "10.075-post-422-undefined-var-novars.txt",
        "10.076-post-422-private-missing.txt",
        "10.077-post-422-private-mismatch.txt");
  }

  /** Defect D5 of the original: it fails on a quote without the private values. */
  @Test
  void d5QuoteNeedsNoPrivateValues() {
    PodRequest withoutValues = withPrivate("");
    PodRequest withNone = withPrivate("\"private\":{}");

    Environment.check(withoutValues.manifest(), withoutValues.privateVariables());

    assertThat(refusal(withoutValues)).hasMessageStartingWith("could not interpolate private var.");
    assertThatThrownBy(() -> Environment.check(withNone.manifest(), withNone.privateVariables()))
        .hasMessageStartingWith("could not interpolate private var. var=$S");
  }

  @Test
  void d5QuoteStillChecksTheRest() {
    PodRequest request =
        ManifestParser.parseRequest(
            Requests.withEnvironment("\"A\":\"$NOPE\",\"CODIUS_X\":\"\"", "", ""));

    assertThatThrownBy(() -> Environment.check(request.manifest(), request.privateVariables()))
        .hasMessage("could not interpolate var. var=$NOPE manifest.vars=undefined")
        .extracting(e -> ((InvalidManifestException) e).violations().size())
        .isEqualTo(2);
  }

  @Test
  void masksPrivateValues() {
    PodRequest request = withPrivate("");

    assertThat(Environment.masked(request.manifest(), request.privateVariables(), URI).values())
        .allSatisfy(environment -> assertThat(environment).containsEntry("A", "***"));
  }

  @Test
  void twoDollarsAreALiteralDollarUnlessAVariableHasThatName() {
    assertThat(valueOf("$$V", "\"V\":{\"value\":\"pub\"}")).isEqualTo("$V");
    assertThat(valueOf("$$", "")).isEqualTo("$");
    assertThat(valueOf("$$V", "\"$V\":{\"value\":\"pub\"}")).isEqualTo("pub");
  }

  @Test
  void namesOfJavaScriptsObjectsAreNoVariables() {
    for (String name : List.of("toString", "constructor", "__proto__", "hasOwnProperty")) {
      PodRequest request = environment("$" + name, "\"V\":{\"value\":\"x\"}");
      assertThat(refusal(request))
          .hasMessage(
              "could not interpolate var. var=$"
                  + name
                  + " manifest.vars={\"V\":{\"value\":\"x\"}}");
    }
  }

  @Test
  void refusesPrivateValuesNoProcessCanBeGiven() {
    String large = "é".repeat(61_441);
    String hash = new PrivateVariable("n", large).hash();
    PodRequest request =
        ManifestParser.parseRequest(
            Requests.withEnvironment(
                "\"A\":\"$S\"",
                "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"" + hash + "\"}}",
                "\"private\":{\"vars\":{\"S\":{\"nonce\":\"n\",\"value\":\"" + large + "\"}}}"));

    assertThat(refusal(request).violations())
        .extracting(Violation::path, Violation::code)
        .containsExactly(tuple("private.vars.S", Code.TOO_LARGE_FOR_ENVIRONMENT));
  }

  @Test
  void refusesAnEnvironmentThatIsTooLargeAsAWhole() {
    StringBuilder environment = new StringBuilder("\"E\":\"\"");
    for (int i = 0; i < 20; i++) {
      environment.append(",\"E").append(i).append("\":\"$V\"");
    }
    PodRequest request =
        ManifestParser.parseRequest(
            Requests.withEnvironment(
                environment.toString(),
                "\"vars\":{\"V\":{\"value\":\"" + "x".repeat(100_000) + "\"}}",
                ""));

    assertThat(refusal(request).violations())
        .extracting(Violation::path, Violation::code)
        .containsExactly(tuple("manifest.containers.0", Code.TOO_LARGE_FOR_ENVIRONMENT));
  }

  private static String valueOf(String value, String variables) {
    PodRequest request = environment(value, variables);
    Map<String, Map<String, String>> environments =
        Environment.resolve(request.manifest(), request.privateVariables(), URI);
    return environments.getOrDefault("app", Map.of()).getOrDefault("A", "");
  }

  private static PodRequest environment(String value, String variables) {
    return ManifestParser.parseRequest(
        Requests.withEnvironment("\"A\":\"" + value + "\"", "\"vars\":{" + variables + "}", ""));
  }

  private static PodRequest withPrivate(String member) {
    return ManifestParser.parseRequest(
        Requests.withEnvironment(
            "\"A\":\"$S\"",
            "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"h\"}}",
            member));
  }

  private static Stream<JsonNode> cases() {
    return Vectors.each(VECTORS.get("cases"))
        .filter(vector -> !DELIBERATELY_DIFFERENT.contains(vector.get("id").asText()))
        .filter(vector -> !REFUSED_BY_THE_SCHEMA.contains(vector.get("id").asText()));
  }

  private static Arguments named(JsonNode vector) {
    return Arguments.of(Named.of(vector.get("id").asText(), vector));
  }

  private static byte[] request(JsonNode vector) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.set("manifest", vector.get("manifest"));
    if (vector.get("private").isObject()) {
      request.set("private", vector.get("private"));
    }
    return Vectors.bytes(request);
  }

  private static InvalidManifestException refusal(PodRequest request) {
    return catchThrowableOfType(
        InvalidManifestException.class,
        () -> Environment.resolve(request.manifest(), request.privateVariables(), URI));
  }

  private static List<String> expected(JsonNode vector) {
    List<String> expected = new ArrayList<>();
    for (JsonNode container : vector.get("podSpec").get("containers")) {
      String name = container.get("name").asText();
      if (!name.endsWith("_moneyd")) { // the original's second container for payments
        for (JsonNode env : container.get("envs")) {
          expected.add(name + " " + env.get("env").asText() + "=" + env.get("value").asText());
        }
      }
    }
    return expected;
  }

  private static List<String> entries(
      Map<String, Map<String, String>> environments, ManifestHash hash) {
    List<String> entries = new ArrayList<>();
    environments.forEach(
        (id, environment) ->
            environment.forEach(
                (name, value) -> entries.add(hash + "__" + id + " " + name + "=" + value)));
    return entries;
  }
}
