package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever the bytes, there is an answer or an {@link InvalidManifestException}.
 *
 * <p>A build runs the recorded inputs only. To look for new ones: {@code JAZZER_FUZZ=1 mvn -pl
 * codius-manifest test -Dtest=ManifestFuzzTest#parses}, and the same with {@code #canonicalises}.
 */
class ManifestFuzzTest {

  @FuzzTest(maxDuration = "5m")
  void parses(byte[] json) {
    for (Rules rules : new Rules[] {Rules.HOST, Rules.GENERATED}) {
      try {
        PodRequest request = ManifestParser.parseRequest(json, rules);
        String written = request.secretJson();
        assertThat(ManifestParser.parseRequest(written.getBytes(UTF_8), rules)).isEqualTo(request);
        Environment.masked(request.manifest(), request.privateVariables(), "");
      } catch (InvalidManifestException e) {
        assertThat(e.violations()).isNotEmpty();
      }
    }
  }

  @FuzzTest(maxDuration = "5m")
  void canonicalises(byte[] json) {
    try {
      JsonValue tree = JsonReader.read(json, json.length);
      byte[] rewritten = JsonText.of(tree).getBytes(UTF_8);
      assertThat(ManifestHash.of(rewritten)).isEqualTo(ManifestHash.of(tree));
      assertThat(CanonicalJson.of(rewritten)).isEqualTo(CanonicalJson.of(json));
    } catch (InvalidManifestException e) {
      assertThat(e.kind()).isEqualTo(InvalidManifestException.Kind.SYNTAX);
    }
  }
}
