package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.codius.daemon.http.ApiUnderTest.Answer;

/** The document about the API, and whether an answer is as it says. */
final class OpenApi {

  private static final String ID = "https://codius.org/openapi.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String text;
  private final JsonNode document;

  private OpenApi(String text) throws IOException {
    this.text = text;
    this.document = JSON.readTree(text);
  }

  static OpenApi read() {
    try {
      return new OpenApi(Files.readString(Path.of("../docs/openapi.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode document() {
    return document;
  }

  /**
   * Fails unless {@code answer} is one that the document has for the call. Paths that it does not
   * have are the page for people, no calls at all, or not to be read.
   */
  void check(String method, String path, Answer answer) {
    String pointer = "/paths/" + escaped(template(path)) + "/" + method.toLowerCase(Locale.ROOT);
    if (document.at(pointer).isMissingNode()) {
      boolean isHead = method.equals("HEAD"); // as GET, without a body
      assertThat(answer.status())
          .as("%s %s", method, path)
          .isIn(isHead ? 200 : 404, 200, 400, 403, 404, 405, 414);
      return;
    }
    String response = pointer + "/responses/" + answer.status();
    if (document.at(response).isMissingNode() && answer.status() >= 400) {
      response = "/components/responses/Refused";
    }
    assertThat(document.at(response).isMissingNode())
        .as(
            "%s %s is answered with %d, which docs/openapi.json lacks",
            method, path, answer.status())
        .isFalse();
    String reference = document.at(response).path("$ref").asText();
    response = reference.isEmpty() ? response : reference.substring(1);
    JsonNode contents = document.at(response + "/content");
    List<String> types = new ArrayList<>();
    contents.fieldNames().forEachRemaining(types::add);
    Optional<String> type = types.stream().filter(answer.head()::contains).findFirst();
    assertThat(type.isPresent() || types.isEmpty()).as("%s in %s", types, answer.head()).isTrue();
    if (types.isEmpty()) {
      assertThat(answer.body()).isEmpty();
    } else if (type.orElseThrow().equals("application/json")) {
      checkBody(response + "/content/application~1json/schema", answer.body());
    }
  }

  private void checkBody(String schema, String body) {
    JsonSchemaFactory factory =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(ID, text))));
    try {
      assertThat(
              factory.getSchema(SchemaLocation.of(ID + "#" + schema)).validate(JSON.readTree(body)))
          .as(body)
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String template(String path) {
    return path.replaceAll("^/pods/[^/]+(/logs|/receipt)?$", "/pods/{manifestHash}$1");
  }

  /** RFC 6901. */
  private static String escaped(String segment) {
    return segment.replace("~", "~0").replace("/", "~1");
  }
}
