package org.codius.manifest.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Violation;
import org.codius.manifest.Violation.Code;

/**
 * A checked {@code codiusvars.json}: {@code {"vars": {"public": {…}, "private": {…}}}}.
 *
 * <p>Each variable has a {@code value}; a public one may have a {@code description}.
 */
final class VariableFile {

  private final ObjectNode publicVariables;
  private final ObjectNode privateVariables;

  private VariableFile(ObjectNode publicVariables, ObjectNode privateVariables) {
    this.publicVariables = publicVariables;
    this.privateVariables = privateVariables;
  }

  static VariableFile parse(byte[] json) {
    List<Violation> violations = new ArrayList<>();
    JsonNode root = Json.parse(json);
    ObjectNode variables = object(root.get("vars"), "vars", true, violations);
    checkNames(root, "", List.of("vars"), violations);
    VariableFile file =
        new VariableFile(
            object(variables.get("public"), "vars.public", false, violations),
            object(variables.get("private"), "vars.private", false, violations));
    checkVariables(
        file.publicVariables, "vars.public", List.of("value", "description"), violations);
    checkVariables(file.privateVariables, "vars.private", List.of("value"), violations);
    if (!violations.isEmpty()) {
      throw new InvalidManifestException(Kind.SCHEMA, violations);
    }
    return file;
  }

  ObjectNode publicVariables() {
    return publicVariables;
  }

  ObjectNode privateVariables() {
    return privateVariables;
  }

  private static void checkVariables(
      ObjectNode variables, String path, List<String> known, List<Violation> violations) {
    for (Map.Entry<String, JsonNode> entry : variables.properties()) {
      String variablePath = path + "." + entry.getKey();
      JsonNode variable = entry.getValue();
      if (!variable.isObject()) {
        report(variablePath, "type", "A variable must be an object with a \"value\".", violations);
        continue;
      }
      JsonNode value = variable.get("value");
      if (value == null) {
        report(variablePath + ".value", "required", "\"value\" is missing.", violations);
      } else if (!value.isTextual()) {
        report(variablePath + ".value", "type", "\"value\" must be a string.", violations);
      }
      JsonNode description = variable.get("description");
      if (description != null && known.contains("description") && !description.isTextual()) {
        String help = "\"description\" must be a string.";
        report(variablePath + ".description", "type", help, violations);
      }
      checkNames(variable, variablePath, known, violations);
    }
  }

  private static void checkNames(
      JsonNode object, String path, List<String> known, List<Violation> violations) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!known.contains(entry.getKey())) {
        report(
            path,
            "additionalProperties",
            "\""
                + entry.getKey()
                + "\" means nothing here (known: "
                + String.join(", ", known)
                + ").",
            violations);
      }
    }
  }

  private static ObjectNode object(
      JsonNode node, String path, boolean isRequired, List<Violation> violations) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    if (node != null) {
      report(path, "type", "\"" + path + "\" must be an object.", violations);
    } else if (isRequired) {
      report(path, "required", "\"" + path + "\" is missing.", violations);
    }
    return Json.newObject();
  }

  private static void report(String path, String keyword, String help, List<Violation> violations) {
    Code code =
        switch (keyword) {
          case "required" -> Code.MISSING;
          case "type" -> Code.WRONG_TYPE;
          default -> Code.UNKNOWN_PROPERTY;
        };
    String message = "schema is invalid. error={'path':'" + path + "','keyword':'" + keyword + "'}";
    violations.add(new Violation(path, message, help, code));
  }
}
