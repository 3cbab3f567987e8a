package org.codius.manifest;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableSet;
import org.codius.manifest.JsonObject.Member;
import org.codius.manifest.Rules.Dialect;
import org.codius.manifest.Violation.Code;
import org.jspecify.annotations.Nullable;

/** Where in a document {@link SchemaCheck} is, and how it reports what it finds there. */
final class SchemaPlace {

  private final Rules rules;
  private final Violations violations;

  /** Made a string only when there is something to report. */
  private final StringBuilder path = new StringBuilder();

  SchemaPlace(Rules rules, Violations violations) {
    this.rules = rules;
    this.violations = violations;
  }

  boolean isFull() {
    return violations.isFull();
  }

  /** Goes to a member of this path. {@link #leave} with the result goes back. */
  int enter(String name) {
    int outside = path.length();
    if (outside > 0) {
      path.append('.');
    }
    path.append(name);
    return outside;
  }

  void leave(int outside) {
    path.setLength(outside);
  }

  @Nullable JsonObject object(JsonValue value, String name) {
    if (value instanceof JsonObject object) {
      return object;
    }
    wrongType(name, "an object", value);
    return null;
  }

  @Nullable JsonValue required(JsonObject object, String name) {
    JsonValue value = object.get(name);
    if (value == null) {
      report(name, "required", "\"" + name + "\" is missing.", Code.MISSING);
    }
    return value;
  }

  void requiredText(JsonObject object, String name) {
    JsonValue value = required(object, name);
    if (value != null) {
      text(value, name);
    }
  }

  void optionalText(JsonObject object, String name) {
    JsonValue value = object.get(name);
    if (value != null) {
      text(value, name);
    }
  }

  void text(JsonValue value, String name) {
    if (!(value instanceof JsonValue.Text)) {
      wrongType(name, "a string", value);
    }
  }

  boolean isCountable(JsonObject object, String name) {
    int count = object.members().size();
    if (count > rules.maxVariables()) {
      String help = "\"" + name + "\" may have " + rules.maxVariables() + " entries, this has ";
      report(name, "maxProperties", help + count + ".", Code.TOO_MANY_VARIABLES);
    }
    return count <= rules.maxVariables();
  }

  void noOthers(JsonObject object, ImmutableSet<String> known) {
    for (Member member : object.members()) {
      if (!known.contains(member.name()) && !violations.isFull()) {
        String where = path.length() == 0 ? "the request" : path.toString();
        violations.add(
            path.toString(),
            message(path.toString(), "additionalProperties", member.name()),
            "\""
                + member.name()
                + "\" means nothing in "
                + where
                + " (known: "
                + Joiner.on(", ").join(known)
                + ").",
            Code.UNKNOWN_PROPERTY);
      }
    }
  }

  void wrongType(String name, String expected, JsonValue found) {
    String what = name.isEmpty() && path.length() == 0 ? "The request" : "\"" + name + "\"";
    String help = what + " must be " + expected + ", not " + typeOf(found) + ".";
    report(name, "type", help, Code.WRONG_TYPE);
  }

  void report(String name, String keyword, String help, Code code) {
    String memberPath = path.length() == 0 ? name : path + "." + name;
    violations.add(memberPath, message(memberPath, keyword, ""), help, code);
  }

  /**
   * Returns what the original says when {@code keyword} of its schema does not hold at {@code
   * path}.
   *
   * @param property the property that should not be there, or empty
   */
  private String message(String path, String keyword, String property) {
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

  private static String typeOf(JsonValue value) {
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
