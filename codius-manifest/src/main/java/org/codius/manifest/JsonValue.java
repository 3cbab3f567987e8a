package org.codius.manifest;

import java.util.List;

/**
 * A parsed JSON value, kept as JavaScript's {@code JSON.parse} would keep it.
 *
 * <p>The shape is chosen for hashing: a text knows from parsing whether it can be copied out as it
 * is, so that writing the canonical form is mostly block copies.
 */
sealed interface JsonValue
    permits JsonObject, JsonValue.Array, JsonValue.Text, JsonValue.Numeral, JsonValue.Literal {

  /** The elements in order. The list is not copied: whoever makes this lets go of it. */
  record Array(List<JsonValue> elements) implements JsonValue {}

  /**
   * A string.
   *
   * @param isPlain whether it is ASCII without anything either JSON writer escapes
   */
  record Text(String value, boolean isPlain) implements JsonValue {

    static Text of(String value) {
      return new Text(value, isPlain(value));
    }

    static boolean isPlain(String value) {
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
          return false;
        }
      }
      return true;
    }
  }

  /** A number, as the IEEE 754 double JavaScript reads it into; infinite when out of range. */
  record Numeral(double value) implements JsonValue {}

  /** The three words of JSON. */
  enum Literal implements JsonValue {
    TRUE,
    FALSE,
    NULL
  }
}
