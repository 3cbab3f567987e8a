package org.codius.manifest;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.codius.manifest.Violation.Code;

/**
 * Checks how variables are used, as npm codius-manifest 2.2.3 does after its schema: containers,
 * then public variables, then private ones, each in its order, with the same paths and sentences.
 *
 * <p>Each part is one pass; the original scans all containers once more for every variable.
 */
final class GeneratedCheck {

  private final Manifest manifest;
  private final PrivateVariables privates;
  private final Violations violations;
  private final boolean hasVariables;

  /**
   * The variables that are used: an environment has their name, with a value that is not empty, or
   * refers to them.
   */
  private final Set<String> used = new HashSet<>();

  private GeneratedCheck(Manifest manifest, PrivateVariables privates, Violations violations) {
    this.manifest = manifest;
    this.privates = privates;
    this.violations = violations;
    this.hasVariables = manifest.tree().has("vars");
  }

  static void check(
      Manifest manifest, PrivateVariables privates, int documentBytes, Violations violations) {
    GeneratedCheck check = new GeneratedCheck(manifest, privates, violations);
    check.ids();
    check.containers();
    check.publicVariables();
    check.privateVariables();
    HostCheck.checkSize(manifest, documentBytes, "", violations);
  }

  private void ids() {
    if (manifest.containers().size() == 1) {
      return;
    }
    Set<String> ids = new HashSet<>();
    for (Container container : manifest.containers()) {
      ids.add(container.id());
    }
    if (ids.size() < manifest.containers().size()) {
      violations.add(
          "manifest.containers",
          "container ids must be unique.",
          "Two containers have the same id: each needs its own.",
          Code.DUPLICATE_CONTAINER_ID);
    }
  }

  private void containers() {
    for (int i = 0; i < manifest.containers().size(); i++) {
      for (Map.Entry<String, String> entry :
          manifest.containers().get(i).environment().entrySet()) {
        entry(i, entry.getKey(), entry.getValue());
      }
    }
  }

  private void entry(int index, String name, String value) {
    if (name.startsWith(Environment.RESERVED)) {
      violations.add(
          Environment.path(index, name),
          "environment variables starting in `CODIUS` are reserved.",
          "Names that begin with CODIUS belong to the host: choose another.",
          Code.RESERVED_NAME);
    }
    if (!value.isEmpty() && manifest.variables().containsKey(name)) {
      used.add(name);
    }
    if (!value.startsWith("$")) {
      return;
    }
    String variableName = value.substring(1);
    Variable variable = manifest.variables().get(variableName);
    if (variable != null) {
      used.add(variableName);
    }
    if (!hasVariables) {
      violations.add(
          Environment.path(index, name),
          "cannot validate env variable - manifest.vars not defined",
          undefinedHelp(variableName),
          Code.UNDEFINED_VARIABLE);
    } else if (variable == null) {
      violations.add(
          Environment.path(index, name),
          "env variable is not defined within manifest.vars.",
          undefinedHelp(variableName),
          Code.UNDEFINED_VARIABLE);
    } else if (privates.isPresent()
        && variable.isPrivate()
        && privates.find(variableName).isEmpty()) {
      violations.add(
          Environment.path(index, name),
          "encoded env variable is not defined within private manifest field",
          Environment.missingHelp(variableName),
          Code.PRIVATE_VALUE_MISSING);
    }
  }

  private void publicVariables() {
    for (Map.Entry<String, Variable> entry : manifest.variables().entrySet()) {
      if (!used.contains(entry.getKey())) {
        violations.add(
            "manifest.vars." + entry.getKey(),
            "public var is not used within a container",
            "No container uses this variable: remove it, or use it as \"$" + entry.getKey() + "\".",
            Code.UNUSED_VARIABLE);
      }
      if (entry.getValue().isPrivate() && !privates.isPresent()) {
        violations.add(
            "manifest.vars." + entry.getKey(),
            "public var has encoding but private.vars is undefined",
            Environment.missingHelp(entry.getKey()),
            Code.PRIVATE_VALUE_MISSING);
      }
    }
  }

  private void privateVariables() {
    if (privates.names().isEmpty()) {
      return;
    }
    if (!hasVariables) {
      violations.add(
          "private",
          "cannot validate private vars - manifest.vars is not defined.",
          "There are private values, but the manifest has no variables: add \"vars\".",
          Code.PRIVATE_VALUE_UNKNOWN);
      return;
    }
    for (String name : privates.names()) {
      privateVariable(name, privates.find(name).orElseThrow());
    }
  }

  private void privateVariable(String name, PrivateVariable secret) {
    String path = "private." + name;
    Variable variable = manifest.variables().get(name);
    if (variable == null) {
      violations.add(
          path,
          "private var is not specified within manifest.vars",
          "The manifest has no variable of this name: remove the private value, or add it.",
          Code.PRIVATE_VALUE_UNKNOWN);
      return;
    }
    String hash = secret.hash();
    if (!variable.value().equals(hash)) {
      violations.add(
          path,
          "private var hash does not match the hashed value. public-hash="
              + variable.value()
              + " hashed-value="
              + hash,
          Environment.MISMATCH_HELP,
          Code.PRIVATE_VALUE_MISMATCH);
    }
    if (!used.contains(name)) {
      violations.add(
          path,
          "private var is never used within a container",
          "No container uses this variable: remove it, or use it as \"$" + name + "\".",
          Code.UNUSED_VARIABLE);
    }
    if (Environment.isTooLarge(secret.value())) {
      violations.add(
          path,
          Environment.TOO_LARGE_HELP,
          Environment.TOO_LARGE_HELP,
          Code.TOO_LARGE_FOR_ENVIRONMENT);
    }
  }

  private static String undefinedHelp(String variableName) {
    return "There is no variable \"" + variableName + "\": add it to \"vars\".";
  }
}
