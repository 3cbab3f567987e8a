package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.common.base.Utf8;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.codius.manifest.JsonObject.Member;

/**
 * Reads one JSON document into a {@link JsonValue}, accepting exactly what {@code JSON.parse} does.
 *
 * <p>It is stricter in three places, all of them in the bytes and not in the grammar: invalid UTF-8
 * (which Node silently replaces), documents above a size and nesting above a depth are refused.
 * What it throws never quotes the document, which may hold private values.
 */
final class JsonReader {

  /** Objects and arrays inside each other. */
  static final int MAX_DEPTH = 1000;

  /**
   * Names are not kept between documents: a table of them would hold what strangers sent, and its
   * hash can be attacked.
   */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private final JsonParser parser;

  /** The members of the objects being read, innermost last. */
  private final List<Member> members = new ArrayList<>();

  private JsonReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Returns the value {@code json} spells.
   *
   * @throws InvalidManifestException of kind {@code SYNTAX}
   */
  static JsonValue read(byte[] json, int maxBytes) {
    if (json.length > maxBytes) {
      throw Violations.tooLarge(json.length, maxBytes);
    }
    if (!Utf8.isWellFormed(json)) {
      throw Violations.invalidUtf8();
    }
    String text = new String(json, UTF_8);
    try (JsonParser parser = FACTORY.createParser(new StringReader(text))) {
      return new JsonReader(parser).document();
    } catch (JsonProcessingException e) {
      throw syntaxError(e);
    } catch (IOException e) {
      throw new AssertionError("reading from memory failed", e);
    }
  }

  private JsonValue document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw new JsonParseException(parser, "empty");
    }
    JsonValue value = value(first);
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "more than one value");
    }
    return value;
  }

  private JsonValue value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object();
      case START_ARRAY -> array();
      case VALUE_STRING -> JsonValue.Text.of(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          new JsonValue.Numeral(Double.parseDouble(parser.getText()));
      case VALUE_TRUE -> JsonValue.Literal.TRUE;
      case VALUE_FALSE -> JsonValue.Literal.FALSE;
      case VALUE_NULL -> JsonValue.Literal.NULL;
      default -> throw new AssertionError("token where a value was due: " + token);
    };
  }

  private JsonValue object() throws IOException {
    int start = members.size();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      members.add(Member.of(name, value(parser.nextToken())));
    }
    List<Member> own = members.subList(start, members.size());
    JsonObject object = JsonObject.from(own.toArray(new Member[0]));
    own.clear();
    return object;
  }

  private JsonValue array() throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      elements.add(value(token));
      token = parser.nextToken();
    }
    return new JsonValue.Array(elements);
  }

  private static InvalidManifestException syntaxError(JsonProcessingException e) {
    // Jackson's own message quotes the document: it must not become a cause either.
    JsonLocation location = e.getLocation();
    return location == null
        ? Violations.notJson(1, 1)
        : Violations.notJson(location.getLineNr(), location.getColumnNr());
  }
}
