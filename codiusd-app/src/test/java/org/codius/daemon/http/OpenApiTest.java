package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.codius.daemon.lease.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document itself. That answers are as it says is checked with every answer in these tests. */
class OpenApiTest {

  private final OpenApi openApi = OpenApi.read();

  @TempDir Path folder;

  @Test
  void isServed() throws Exception {
    try (ApiUnderTest api = ApiUnderTest.start(folder, true)) {
      assertThat(new ObjectMapper().readTree(api.call("GET", "/openapi.json", "", "").body()))
          .isEqualTo(openApi.document());
    }
  }

  @Test
  void pointsNowhereElse() throws IOException {
    List<String> references = new ArrayList<>();
    collect(openApi.document(), references);

    assertThat(references)
        .isNotEmpty()
        .allSatisfy(
            reference -> {
              assertThat(reference).startsWith("#/");
              assertThat(openApi.document().at(reference.substring(1)).isMissingNode())
                  .as(reference)
                  .isFalse();
            });
  }

  @Test
  void listsEveryReasonForARefusal() {
    List<String> codes = new ArrayList<>();
    openApi
        .document()
        .at("/components/schemas/Error/properties/code/enum")
        .forEach(code -> codes.add(code.asText()));

    assertThat(codes)
        .isSorted()
        .doesNotHaveDuplicates()
        .containsAll(Stream.of(RefusedException.Reason.values()).map(Enum::name).toList());
  }

  private static void collect(JsonNode node, List<String> references) {
    if (node.has("$ref")) {
      references.add(node.get("$ref").asText());
    }
    node.forEach(child -> collect(child, references));
  }
}
