package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code POST /pods?dryRun=true}: the rules of a sale, without one. */
class DryRunTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private ApiUnderTest api;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start(folder, true);
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void saysThatAnUploadWouldBeSoldAndForHowMuch() throws Exception {
    JsonNode answer = judge("/pods?dryRun=true&duration=300", api.host().request("x", ""));

    assertThat(answer.get("admitted").booleanValue()).isTrue();
    assertThat(answer.get("price").textValue()).isEqualTo("1141553");
    assertThat(answer.get("manifestHash").textValue()).hasSize(52);
    assertThat(verdicts(answer))
        .containsKeys("MANIFEST", "VARIABLES", "DURATION", "POD", "ROOM")
        .doesNotContainValue(false);
  }

  @Test
  void keepsAndStartsNothing() throws Exception {
    judge("/pods?dryRun=true", api.host().request("x", ""));

    assertThat(api.host().store().all()).isEmpty();
    assertThat(api.host().driver().starts()).isZero();
  }

  @Test
  void givesTheVerdictOfEveryRuleWhenSeveralFail() throws Exception {
    String request =
        api.host()
            .request("x", "")
            .replace("\"id\":\"app\"", "\"id\":\"app\",\"environment\":{\"A\":\"$NO\"}");

    JsonNode answer = judge("/pods?dryRun=true&duration=99999999", request);

    assertThat(answer.get("admitted").booleanValue()).isFalse();
    assertThat(answer.has("price")).isFalse();
    assertThat(verdicts(answer))
        .containsEntry("MANIFEST", true)
        .containsEntry("VARIABLES", false)
        .containsEntry("DURATION", false)
        .containsEntry("ROOM", true);
    assertThat(answer.findValuesAsText("code")).contains("INVALID_MANIFEST", "INVALID_DURATION");
  }

  @Test
  void judgesNoMoreThanTheManifestWhenThatIsNone() throws Exception {
    JsonNode answer = judge("/pods?dryRun=true", "{\"manifest\":{}}");

    assertThat(verdicts(answer)).isEqualTo(Map.of("MANIFEST", false));
    assertThat(answer.at("/rules/0/refusal/violations")).isNotEmpty();
  }

  @Test
  void takesTrueAndFalseOnly() throws Exception {
    Answer answer = api.call("POST", "/pods?dryRun=yes", "", api.host().request("x", ""));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).get("code").textValue()).isEqualTo("INVALID_FLAG");
  }

  private JsonNode judge(String target, String request) throws Exception {
    Answer answer = api.call("POST", target, "", request);
    assertThat(answer.status()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static Map<String, Boolean> verdicts(JsonNode answer) {
    Map<String, Boolean> verdicts = new TreeMap<>();
    answer
        .get("rules")
        .forEach(
            rule -> verdicts.put(rule.get("rule").textValue(), rule.get("passes").booleanValue()));
    return verdicts;
  }
}
