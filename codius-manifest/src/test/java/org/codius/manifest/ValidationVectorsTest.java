package org.codius.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Violation.Code;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both rule sets against what the original's two programs answered. */
class ValidationVectorsTest {

  /** What the host's schema accepted and this one refuses; {@code docs/differences.md}. */
  private static final Map<String, Code> REFUSED_HERE_ONLY =
      Map.of(
          "port-99999", Code.INVALID_PORT,
          "port-empty", Code.INVALID_PORT,
          "container-id-empty", Code.INVALID_CONTAINER_ID,
          "image-empty", Code.INVALID_IMAGE,
          "dup-ids", Code.DUPLICATE_CONTAINER_ID);

  /** The functions of codius-manifest that look at variables only; the schema has passed. */
  private static final Set<String> PARTS =
      Set.of("validateContainers", "validatePublicVars", "validatePrivateVars");

  @ParameterizedTest
  @MethodSource("vectors")
  void generatedRulesFindWhatTheLibraryFinds(JsonNode vector) {
    assertThat(errors(Vectors.bytes(vector.get("input")))).isEqualTo(pairs(vector.get("errors")));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void hostRulesAcceptWhatTheHostAccepted(JsonNode vector) {
    boolean wasAccepted = vector.get("codiusdPodRequestValid").asBoolean();
    Code only = REFUSED_HERE_ONLY.get(vector.get("id").asText());

    List<Violation> violations = violations(Vectors.bytes(vector.get("input")), Rules.HOST);

    if (only == null) {
      assertThat(violations.isEmpty()).isEqualTo(wasAccepted);
    } else {
      assertThat(wasAccepted).isTrue();
      assertThat(violations).extracting(Violation::code).containsExactly(only);
    }
  }

  static Stream<Arguments> vectors() {
    return Vectors.each(Vectors.manifestVectors().get("validationVectors"))
        .map(vector -> Arguments.of(Named.of(vector.get("id").asText(), vector)));
  }

  @ParameterizedTest
  @MethodSource("suite")
  void passesTheLibrarysOwnSuite(JsonNode call) {
    String function = call.get("fn").asText();
    byte[] input = Vectors.bytes(call.get("input").get(0));

    List<String> errors = errors(input);

    if (PARTS.contains(function)) {
      errors.removeIf(error -> !belongsTo(function, error));
    }
    assertThat(errors).isEqualTo(pairs(call.get("output")));
  }

  static Stream<Arguments> suite() {
    return Vectors.each(Vectors.suite().get("cases"))
        .filter(
            call ->
                PARTS.contains(call.get("fn").asText())
                    || call.get("fn").asText().equals("validateSchema")
                    || call.get("fn").asText().equals("validateGeneratedManifest"))
        .map(
            call ->
                Arguments.of(
                    Named.of(call.get("fn").asText() + ": " + call.get("test").asText(), call)));
  }

  private static boolean belongsTo(String function, String error) {
    return switch (function) {
      case "validateContainers" -> error.startsWith("manifest.containers");
      case "validatePublicVars" -> error.startsWith("manifest.vars.");
      default -> error.startsWith("private");
    };
  }

  private static List<String> errors(byte[] input) {
    List<String> errors = new ArrayList<>();
    for (Violation violation : violations(input, Rules.GENERATED)) {
      errors.add(violation.path() + " -> " + violation.message());
    }
    return errors;
  }

  private static List<Violation> violations(byte[] input, Rules rules) {
    try {
      ManifestParser.parseRequest(input, rules);
      return List.of();
    } catch (InvalidManifestException e) {
      assertThat(e.kind()).isNotEqualTo(Kind.SYNTAX);
      return e.violations();
    }
  }

  private static List<String> pairs(JsonNode errors) {
    List<String> pairs = new ArrayList<>();
    for (JsonNode error : errors) {
      error.properties().forEach(e -> pairs.add(e.getKey() + " -> " + e.getValue().asText()));
    }
    return pairs;
  }
}
