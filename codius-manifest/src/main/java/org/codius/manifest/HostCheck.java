package org.codius.manifest;

import com.google.common.base.CharMatcher;
import com.google.common.base.Utf8;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.codius.manifest.JsonObject.Member;
import org.codius.manifest.Violation.Code;

/**
 * Refuses manifests that the original takes the money for and then cannot run.
 *
 * <p>None of this is in the original's schema; each is a line of {@code docs/differences.md}.
 */
final class HostCheck {

  /**
   * The longest value of one environment variable, in bytes. Linux cannot start a process with one
   * of 128 KiB, name and terminator included; the manifest itself is handed on in one.
   */
  static final int MAX_ENVIRONMENT_VALUE = 120 * 1024;

  private static final int MAX_CONTAINER_ID = 63;
  private static final CharMatcher LETTER_OR_DIGIT =
      CharMatcher.inRange('a', 'z')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('0', '9'))
          .precomputed();
  private static final CharMatcher CONTAINER_ID =
      LETTER_OR_DIGIT.or(CharMatcher.anyOf("_.-")).precomputed();

  private final Manifest manifest;
  private final Violations violations;

  private HostCheck(Manifest manifest, Violations violations) {
    this.manifest = manifest;
    this.violations = violations;
  }

  static void check(Manifest manifest, int documentBytes, Violations violations) {
    HostCheck check = new HostCheck(manifest, violations);
    check.port();
    check.containers();
    check.variables();
    if (hasHalfPair(manifest.tree())) {
      check.report(
          "manifest",
          "There is half a surrogate pair in this text (an emoji cut in two?): such a manifest "
              + "shares its hash with others.",
          Code.UNPAIRED_SURROGATE);
    }
    checkSize(manifest, documentBytes, Violations.ORIGINAL_SCHEMA, violations);
  }

  /**
   * Checks that the manifest fits into the environment variable that carries it.
   *
   * @param documentBytes the size of the document it was in: its JSON is never longer, for no
   *     character has a shorter spelling than the one {@code JSON.stringify} chooses
   */
  static void checkSize(
      Manifest manifest, int documentBytes, String message, Violations violations) {
    if (documentBytes <= MAX_ENVIRONMENT_VALUE) {
      return;
    }
    int bytes = Utf8.encodedLength(manifest.json());
    if (bytes > MAX_ENVIRONMENT_VALUE) {
      String help =
          "The manifest has "
              + bytes
              + " bytes; a process can be given at most "
              + MAX_ENVIRONMENT_VALUE
              + " in CODIUS_MANIFEST. Move large values into the image.";
      violations.add(
          "manifest", message.isEmpty() ? help : message, help, Code.TOO_LARGE_FOR_ENVIRONMENT);
    }
  }

  private void port() {
    if (manifest.tree().has("port") && manifest.port().isEmpty()) {
      report(
          "manifest.port",
          "\"port\" needs a number from 1 to 65535, like \"8080\".",
          Code.INVALID_PORT);
    }
  }

  private void containers() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < manifest.containers().size(); i++) {
      Container container = manifest.containers().get(i);
      String path = "manifest.containers." + i;
      if (!isContainerId(container.id())) {
        report(
            path + ".id",
            "A container's id must be 1 to 63 letters, digits, \"_\", \".\" or \"-\" and begin "
                + "with a letter or digit.",
            Code.INVALID_CONTAINER_ID);
      }
      if (!ids.add(container.id())) {
        report(
            path + ".id",
            "Another container has the same id: each needs its own.",
            Code.DUPLICATE_CONTAINER_ID);
      }
      if (ImageReference.find(container.image()).isEmpty()) {
        report(
            path + ".image",
            "This is no image: write [registry/]name[:tag][@sha256:digest].",
            Code.INVALID_IMAGE);
      }
      texts(container, path);
    }
  }

  private static boolean isContainerId(String id) {
    return !id.isEmpty()
        && id.length() <= MAX_CONTAINER_ID
        && LETTER_OR_DIGIT.matches(id.charAt(0))
        && CONTAINER_ID.matchesAllOf(id);
  }

  private void texts(Container container, String path) {
    boolean hasNul = container.workdir().indexOf('\0') >= 0;
    for (String argument : container.command()) {
      hasNul |= argument.indexOf('\0') >= 0;
    }
    if (hasNul) {
      report(
          path, "A process cannot be given the character U+0000: remove it.", Code.UNUSABLE_TEXT);
    }
    for (Map.Entry<String, String> entry : container.environment().entrySet()) {
      String name = entry.getKey();
      boolean isUsable =
          !name.isEmpty()
              && name.indexOf('=') < 0
              && name.indexOf('\0') < 0
              && entry.getValue().indexOf('\0') < 0;
      if (!isUsable) {
        report(
            path + ".environment",
            "An environment variable needs a name without \"=\", and no U+0000 anywhere.",
            Code.UNUSABLE_TEXT);
      }
    }
  }

  private void variables() {
    manifest
        .variables()
        .forEach(
            (name, variable) -> {
              if (variable.value().indexOf('\0') >= 0) {
                report(
                    "manifest.vars." + name + ".value",
                    "A process cannot be given the character U+0000: remove it.",
                    Code.UNUSABLE_TEXT);
              }
            });
  }

  private void report(String path, String help, Code code) {
    violations.add(path, Violations.ORIGINAL_SCHEMA, help, code);
  }

  private static boolean hasHalfPair(JsonValue value) {
    if (value instanceof JsonValue.Text text) {
      return !text.isPlain() && hasHalfPair(text.value());
    }
    if (value instanceof JsonValue.Array array) {
      for (JsonValue element : array.elements()) {
        if (hasHalfPair(element)) {
          return true;
        }
      }
    }
    if (value instanceof JsonObject object) {
      for (Member member : object.members()) {
        boolean hasIt = !member.isNamePlain() && hasHalfPair(member.name());
        if (hasIt || hasHalfPair(member.value())) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasHalfPair(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (JsonText.isHalfPair(text, i)) {
        return true;
      }
    }
    return false;
  }
}
