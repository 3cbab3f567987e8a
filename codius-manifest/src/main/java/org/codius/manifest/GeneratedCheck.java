package org.codius.manifest;

import java.util.HashSet;
import java.util.List;
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
  private final Set<String> used;

  private GeneratedCheck(Manifest manifest, PrivateVariables privates, Violations violations) {
    this.manifest = manifest;
    this.privates = privates;
    this.violations = violations;
    this.hasVariables = manifest.tree().has("vars");
    this.used = usedNames(manifest.containers());
  }

  static void check(Manifest manifest, PrivateVariables privates, Violations violations) {
    GeneratedCheck check = new GeneratedCheck(manifest, privates, violations);
    check.ids();
    check.containers();
    check.publicVariables();
    check.privateVariables();
    HostCheck.checkSize(manifest, "", violations);
  }

  private void ids() {
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
        if (violations.isFull()) {
          return;
        }
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
    if (!value.startsWith("$")) {
      return;
    }
    String variableName = value.substring(1);
    Variable variable = manifest.variables().get(variableName);
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
      String path = "manifest.vars." + entry.getKey();
      if (!used.contains(entry.getKey())) {
        violations.add(
            path,
            "public var is not used within a container",
            "No container uses this variable: remove it, or use it as \"$" + entry.getKey() + "\".",
            Code.UNUSED_VARIABLE);
      }
      if (entry.getValue().isPrivate() && !privates.isPresent()) {
        violations.add(
            path,
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

  /** A variable counts as used if an environment has its name, not empty, or refers to it. */
  private static Set<String> usedNames(List<Container> containers) {
    Set<String> used = new HashSet<>();
    for (Container container : containers) {
      container
          .environment()
          .forEach(
              (name, value) -> {
                if (!value.isEmpty()) {
                  used.add(name);
                }
                if (value.startsWith("$")) {
                  used.add(value.substring(1));
                }
              });
    }
    return used;
  }
}
