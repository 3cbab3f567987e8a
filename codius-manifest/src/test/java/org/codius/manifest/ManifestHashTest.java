package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Ascii;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestHashTest {

  private static final String EMPTY = "iqjw7i2vwntyuekgvulpp2det2kpwt6cd7tx5ayqybqpmhfk76fa";

  @ParameterizedTest
  @MethodSource("hashVectors")
  void hashesAsTheOriginal(JsonNode vector) {
    byte[] json = Base64.getDecoder().decode(vector.get("rawJsonBase64").asText());
    byte[] canonical = Base64.getDecoder().decode(vector.get("canonicalUtf8Base64").asText());

    assertThat(new String(CanonicalJson.of(json), UTF_8)).isEqualTo(new String(canonical, UTF_8));
    assertThat(CanonicalJson.of(json)).isEqualTo(canonical);
    assertThat(ManifestHash.of(json)).hasToString(vector.get("hash").asText());
  }

  static Stream<Arguments> hashVectors() {
    return Vectors.each(Vectors.manifestVectors().get("hashVectors"))
        .map(vector -> Arguments.of(Named.of(vector.get("id").asText(), vector)));
  }

  @ParameterizedTest
  @MethodSource("privateVectors")
  void hashesPrivateValuesAsTheOriginal(JsonNode vector) {
    JsonNode spec = vector.get("spec");

    PrivateVariable variable =
        new PrivateVariable(spec.get("nonce").asText(), spec.get("value").asText());

    assertThat(variable.hash()).isEqualTo(vector.get("hash").asText());
  }

  static Stream<Arguments> privateVectors() {
    // The one vector with a third property cannot pass the schema.
    return Vectors.each(Vectors.manifestVectors().get("privateVarVectors"))
        .filter(vector -> !vector.get("spec").has("extra"))
        .map(vector -> Arguments.of(Named.of(vector.get("canonicalJson").asText(), vector)));
  }

  @Test
  void recognisesALabelInAnyCase() {
    assertThat(ManifestHash.parse(Ascii.toUpperCase(EMPTY))).contains(new ManifestHash(EMPTY));
    assertThat(ManifestHash.parse(EMPTY.substring(1))).isEmpty();
    assertThat(ManifestHash.parse(EMPTY.replace('7', '1'))).isEmpty();
    assertThat(ManifestHash.parse(EMPTY.replace('k', '\u212A'))).isEmpty();
  }

  @Test
  void isNeverAnythingElse() {
    assertThatThrownBy(() -> new ManifestHash("abc"))
        .hasMessage("manifest hash: \"abc\" (expected: 52 lowercase base32 characters)");
  }
}
