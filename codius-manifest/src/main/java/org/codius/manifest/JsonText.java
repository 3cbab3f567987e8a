package org.codius.manifest;

import org.codius.manifest.JsonObject.Member;

/**
 * JSON as JavaScript's {@code JSON.stringify} writes it: compact, members in their order.
 *
 * <p>ECMA-262 {@code QuoteJSONString}: only controls, quotation mark, backslash and half surrogate
 * pairs are escaped.
 */
final class JsonText {

  private JsonText() {}

  static String of(JsonValue value) {
    StringBuilder out = new StringBuilder();
    append(value, out);
    return out.toString();
  }

  static String quote(String value) {
    StringBuilder out = new StringBuilder(value.length() + 2);
    appendString(value, out);
    return out.toString();
  }

  static String word(JsonValue.Literal literal) {
    return switch (literal) {
      case TRUE -> "true";
      case FALSE -> "false";
      case NULL -> "null";
    };
  }

  /** Returns the letter after the backslash in {@code unit}'s two-character escape, or 0. */
  static char shortEscape(char unit) {
    return switch (unit) {
      case '\b' -> 'b';
      case '\t' -> 't';
      case '\n' -> 'n';
      case '\f' -> 'f';
      case '\r' -> 'r';
      case '"', '\\' -> unit;
      default -> 0;
    };
  }

  private static void append(JsonValue value, StringBuilder out) {
    if (value instanceof JsonValue.Text text) {
      appendString(text.value(), out);
    } else if (value instanceof JsonObject object) {
      appendObject(object, out);
    } else if (value instanceof JsonValue.Array array) {
      appendArray(array, out);
    } else if (value instanceof JsonValue.Numeral number) {
      out.append(Double.isInfinite(number.value()) ? "null" : EcmaNumber.text(number.value()));
    } else {
      out.append(word((JsonValue.Literal) value));
    }
  }

  private static void appendObject(JsonObject object, StringBuilder out) {
    out.append('{');
    String separator = "";
    for (Member member : object.members()) {
      out.append(separator);
      appendString(member.name(), out);
      out.append(':');
      append(member.value(), out);
      separator = ",";
    }
    out.append('}');
  }

  private static void appendArray(JsonValue.Array array, StringBuilder out) {
    out.append('[');
    String separator = "";
    for (JsonValue element : array.elements()) {
      out.append(separator);
      append(element, out);
      separator = ",";
    }
    out.append(']');
  }

  private static void appendString(String value, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char unit = value.charAt(i);
      char shortForm = shortEscape(unit);
      if (shortForm != 0) {
        out.append('\\').append(shortForm);
      } else if (unit < ' ' || isHalfPair(value, i)) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(Character.forDigit((unit >> shift) & 0xF, 16));
        }
      } else {
        out.append(unit);
      }
    }
    out.append('"');
  }

  /** Returns whether the unit at {@code index} is a surrogate without its other half. */
  static boolean isHalfPair(String value, int index) {
    char unit = value.charAt(index);
    if (Character.isHighSurrogate(unit)) {
      return index + 1 == value.length() || !Character.isLowSurrogate(value.charAt(index + 1));
    }
    return Character.isLowSurrogate(unit)
        && (index == 0 || !Character.isHighSurrogate(value.charAt(index - 1)));
  }
}
