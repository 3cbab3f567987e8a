package org.codius.manifest.generate;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.codius.manifest.CanonicalJson;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Violation;
import org.codius.manifest.Violation.Code;

/** Trees that can be changed. */
final class Json {

  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  static JsonNode parse(byte[] json) {
    CanonicalJson.of(json); // refuses what is no JSON without quoting it, which Jackson does
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      String help = "There is a name with half a surrogate pair, or a very long number: remove it.";
      throw new InvalidManifestException(
          Kind.SYNTAX, List.of(new Violation("", help, help, Code.UNPAIRED_SURROGATE)));
    }
  }

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node).getBytes(UTF_8);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree can always be written", e);
    }
  }
}
