package org.codius.manifest;

import java.util.ArrayList;
import java.util.List;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Violation.Code;

/**
 * What was found wrong so far, up to a limit: a hostile document must not make a report much larger
 * than itself.
 */
final class Violations {

  /** What the original answers to a body that is not JSON. */
  static final String ORIGINAL_SYNTAX = "Invalid request payload JSON format";

  /** What the original answers to a body that is not a pod request. */
  static final String ORIGINAL_SCHEMA = "Invalid request payload input";

  /** The most violations that are reported. */
  static final int MAX_VIOLATIONS = 1000;

  private final List<Violation> found = new ArrayList<>();

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns whether there is no use in looking further. */
  boolean isFull() {
    return found.size() >= MAX_VIOLATIONS;
  }

  void add(String path, String message, String help, Code code) {
    if (found.size() < MAX_VIOLATIONS) {
      found.add(new Violation(path, message, help, code));
    }
    if (found.size() == MAX_VIOLATIONS) {
      String more = "There are more violations than are reported: mend these first.";
      found.add(new Violation("", more, more, Code.TOO_MANY_VIOLATIONS));
    }
  }

  List<Violation> found() {
    return List.copyOf(found);
  }

  void throwIfAny(Kind kind) {
    if (!found.isEmpty()) {
      throw new InvalidManifestException(kind, found);
    }
  }

  static InvalidManifestException notJson(int line, int column) {
    return syntax(
        "This is not JSON: look at line " + line + ", column " + column + ".", Code.NOT_JSON);
  }

  static InvalidManifestException notUtf8() {
    return syntax("This is not UTF-8 text: save the file as UTF-8.", Code.NOT_UTF8);
  }

  static InvalidManifestException tooDeep(int maxDepth) {
    return syntax(
        "There are more than " + maxDepth + " objects and arrays inside each other.",
        Code.TOO_DEEP);
  }

  static InvalidManifestException tooLarge(int bytes, int maxBytes) {
    return syntax(
        "The document has " + bytes + " bytes; at most " + maxBytes + " are read.", Code.TOO_LARGE);
  }

  private static InvalidManifestException syntax(String help, Code code) {
    return new InvalidManifestException(
        Kind.SYNTAX, List.of(new Violation("", ORIGINAL_SYNTAX, help, code)));
  }
}
