package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the original answered to requests without money, asked again: the same status, and the same
 * fields in the body, errors word for word. What differs on purpose is listed here, and in {@code
 * docs/differences.md} with its reason.
 */
class OriginalAnswersTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Our status where it is not the original's. */
  private static final Map<String, Integer> DIFFERENT =
      Map.of(
          "10.024-delete-pods", 422, // a call of ours
          "10.027-options-pods-cors", 204, // a browser's question, not one for a price
          "10.028-bad-host-header-none", 400, // HTTP/1.1 without Host
          "10.034-options-no-paytoken", 200, // a price is free
          "10.035-options-402", 200,
          "10.037-put-402", 404, // D2: the pod is looked for before money is asked
          "10.039-put-empty-json-body", 404,
          "10.054-post-bad-container-empty-image", 400); // cannot be pulled

  @TempDir static Path folder;
  private static ApiUnderTest api;

  @BeforeAll
  static void start() throws Exception {
    api = ApiUnderTest.start(folder, false);
  }

  @AfterAll
  static void stop() throws IOException {
    api.close();
  }

  static List<OriginalCase> cases() throws IOException, URISyntaxException {
    Path recorded = Path.of(OriginalAnswersTest.class.getResource("original").toURI());
    try (Stream<Path> files = Files.list(recorded)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(OriginalCase::read)
          .toList();
    }
  }

  @Test
  void everyDifferenceIsOfACase() throws Exception {
    assertThat(cases().stream().map(OriginalCase::name)).containsAll(DIFFERENT.keySet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheOriginalDid(OriginalCase original) throws Exception {
    Answer answer = api.send(original.request());

    Integer different = DIFFERENT.get(original.name());
    if (different != null) {
      assertThat(answer.status()).isEqualTo(different);
      return;
    }
    assertThat(answer.status()).isEqualTo(original.answer().status());
    if (original.answer().head().contains("application/json") && !answer.body().isEmpty()) {
      assertSameFields(JSON.readTree(original.answer().body()), JSON.readTree(answer.body()));
    } else {
      assertThat(answer.body().isEmpty()).isEqualTo(original.answer().body().isEmpty());
    }
    if (original.answer().status() == 402) {
      assertThat(answer.head()).containsPattern("(?i)\r\npay: interledger-stream \\S+ \\S{44}");
    }
  }

  /** All of the original's, and more where ours says more; only an error is the same text. */
  private static void assertSameFields(JsonNode original, JsonNode ours) {
    assertThat(types(ours)).containsAllEntriesOf(types(original));
    if (original.has("statusCode")) {
      assertThat(ours.get("statusCode")).isEqualTo(original.get("statusCode"));
      assertThat(ours.get("error")).isEqualTo(original.get("error"));
      assertThat(ours.get("message")).isEqualTo(original.get("message"));
    }
  }

  private static Map<String, JsonNodeType> types(JsonNode body) {
    Map<String, JsonNodeType> types = new TreeMap<>();
    body.properties().forEach(field -> types.put(field.getKey(), field.getValue().getNodeType()));
    return types;
  }
}
