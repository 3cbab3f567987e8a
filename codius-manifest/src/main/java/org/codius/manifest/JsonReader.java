package org.codius.manifest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Utf8;
import java.util.Arrays;
import org.codius.manifest.JsonObject.Member;

/**
 * Reads one JSON document, accepting exactly what JavaScript's {@code JSON.parse} does.
 *
 * <p>Stricter only about the bytes: invalid UTF-8 (which Node silently replaces), documents above a
 * size and nesting above a depth are refused. What it throws never quotes the document, which may
 * hold private values.
 *
 * <p>Not Jackson's parser, because that refuses names with half a surrogate pair, which have a
 * hash, quotes the document in its errors, and keeps a table of names strangers sent.
 */
final class JsonReader {

  /** The most objects and arrays inside each other. */
  static final int MAX_DEPTH = 1000;

  private static final int END = -1;

  private static final String[] KNOWN_NAMES = {
    "id",
    "image",
    "command",
    "workdir",
    "environment",
    "value",
    "encoding",
    "nonce",
    "vars",
    "manifest",
    "private",
    "name",
    "version",
    "machine",
    "port",
    "containers",
    "debug"
  };

  private final byte[] json;
  private int at;
  private int depth;

  /** Whether the string just read is what {@link JsonValue.Text#isPlain} says. */
  private boolean isPlain;

  /** The members of the objects being read, innermost last. */
  private Member[] members = new Member[16];

  private int memberCount;

  /** The elements of the arrays being read, innermost last. */
  private JsonValue[] elements = new JsonValue[8];

  private int elementCount;

  private JsonReader(byte[] json) {
    this.json = json;
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
      throw Violations.notUtf8();
    }
    return new JsonReader(json).document();
  }

  private JsonValue document() {
    JsonValue value = value();
    if (next() != END) {
      throw error();
    }
    return value;
  }

  private JsonValue value() {
    return switch (next()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> text();
      case 't' -> word("true", JsonValue.Literal.TRUE);
      case 'f' -> word("false", JsonValue.Literal.FALSE);
      case 'n' -> word("null", JsonValue.Literal.NULL);
      default -> number();
    };
  }

  private JsonValue text() {
    String text = string();
    return new JsonValue.Text(text, isPlain);
  }

  private JsonValue object() {
    enter();
    int start = memberCount;
    if (next() == '}') {
      at++;
    } else {
      do {
        if (next() != '"') {
          throw error();
        }
        String name = name();
        boolean isNamePlain = isPlain;
        expect(':');
        Member member = new Member(name, isNamePlain, value());
        if (memberCount == members.length) {
          members = Arrays.copyOf(members, 2 * memberCount);
        }
        members[memberCount++] = member;
      } while (another('}'));
    }
    JsonObject object = JsonObject.from(Arrays.copyOfRange(members, start, memberCount));
    memberCount = start;
    depth--;
    return object;
  }

  private JsonValue array() {
    enter();
    int start = elementCount;
    if (next() == ']') {
      at++;
    } else {
      do {
        JsonValue element = value();
        if (elementCount == elements.length) {
          elements = Arrays.copyOf(elements, 2 * elementCount);
        }
        elements[elementCount++] = element;
      } while (another(']'));
    }
    JsonValue array =
        new JsonValue.Array(Arrays.asList(Arrays.copyOfRange(elements, start, elementCount)));
    elementCount = start;
    depth--;
    return array;
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw Violations.tooDeep(MAX_DEPTH);
    }
    at++;
  }

  /** Passes a comma and returns true, or passes {@code end} and returns false. */
  private boolean another(char end) {
    int found = next();
    if (found != ',' && found != end) {
      throw error();
    }
    at++;
    return found == ',';
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw error();
    }
    at++;
  }

  private JsonValue word(String word, JsonValue.Literal literal) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (at == json.length || json[at] != word.charAt(i)) {
        throw error();
      }
    }
    return literal;
  }

  /** Reads a string that is likely one of the names all manifests have, which are not made anew. */
  private String name() {
    int start = at + 1;
    for (String known : KNOWN_NAMES) {
      int end = start + known.length();
      if (end < json.length
          && json[end] == '"'
          && json[start] == known.charAt(0)
          && isAt(known, start)) {
        at = end + 1;
        isPlain = true;
        return known;
      }
    }
    return string();
  }

  private boolean isAt(String text, int start) {
    for (int i = 0; i < text.length(); i++) {
      if (json[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String string() {
    int start = ++at;
    while (at < json.length) {
      byte b = json[at];
      if (b == '"') {
        isPlain = true;
        return new String(json, start, at++ - start, ISO_8859_1);
      }
      if (b < ' ' || b == '\\' || b == 0x7F) { // beyond ASCII is negative
        return stringFrom(start);
      }
      at++;
    }
    throw error();
  }

  /** Reads on where the string has something that is not plain. */
  private String stringFrom(int start) {
    StringBuilder text = new StringBuilder();
    int copied = start;
    while (at < json.length) {
      byte b = json[at];
      if (b == '"') {
        text.append(new String(json, copied, at++ - copied, UTF_8));
        isPlain = false;
        return text.toString();
      }
      if (b >= 0 && b < ' ') {
        throw error();
      }
      if (b == '\\') {
        text.append(new String(json, copied, at++ - copied, UTF_8));
        text.append(escaped());
        copied = at;
      } else {
        at++;
      }
    }
    throw error();
  }

  private char escaped() {
    int letter = peek();
    at++;
    return switch (letter) {
      case '"', '\\', '/' -> (char) letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicodeEscape();
      default -> throw error();
    };
  }

  private char unicodeEscape() {
    int unit = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = at < json.length ? Character.digit((char) (json[at] & 0xFF), 16) : -1;
      if (digit < 0) {
        throw error();
      }
      unit = (unit << 4) | digit;
    }
    return (char) unit;
  }

  private JsonValue number() {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    return new JsonValue.Numeral(
        Double.parseDouble(new String(json, start, at - start, ISO_8859_1)));
  }

  private void digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    if (at == start) {
      throw error();
    }
  }

  private int peek() {
    return at < json.length ? json[at] : END;
  }

  /** Passes white space and returns what follows, without passing it. */
  private int next() {
    int found = peek();
    while (found == ' ' || found == '\n' || found == '\r' || found == '\t') {
      at++;
      found = peek();
    }
    return found;
  }

  private InvalidManifestException error() {
    int line = 1;
    int column = 1;
    for (int i = 0; i < Math.min(at, json.length); i++) {
      boolean isNewline = json[i] == '\n';
      boolean isWithinCharacter = (json[i] & 0xC0) == 0x80;
      line += isNewline ? 1 : 0;
      column = isNewline ? 1 : column + (isWithinCharacter ? 0 : 1);
    }
    return Violations.notJson(line, column);
  }
}
