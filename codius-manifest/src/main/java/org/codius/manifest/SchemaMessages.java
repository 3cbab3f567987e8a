package org.codius.manifest;

import org.codius.manifest.Rules.Dialect;

/** The original's sentences about a document's shape. */
final class SchemaMessages {

  private SchemaMessages() {}

  /**
   * Returns what the original says when {@code keyword} of its schema does not hold at {@code
   * path}.
   *
   * @param property the property that should not be there, or empty
   */
  static String of(Rules rules, String path, String keyword, String property) {
    if (rules.dialect() == Dialect.HOST) {
      return Violations.ORIGINAL_SCHEMA;
    }
    String extra =
        keyword.equals("additionalProperties")
            ? "\"additionalProperties\":" + JsonText.quote(property) + ","
            : "";
    String error =
        "{" + extra + "\"path\":" + JsonText.quote(path) + ",\"keyword\":\"" + keyword + "\"}";
    return "schema is invalid. error=" + error.replace('"', '\'');
  }

  static String typeOf(JsonValue value) {
    if (value instanceof JsonObject) {
      return "an object";
    }
    if (value instanceof JsonValue.Array) {
      return "an array";
    }
    if (value instanceof JsonValue.Text) {
      return "a string";
    }
    if (value instanceof JsonValue.Numeral) {
      return "a number";
    }
    return value == JsonValue.Literal.NULL ? "null" : "a boolean";
  }
}
