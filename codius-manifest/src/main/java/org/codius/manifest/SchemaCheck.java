package org.codius.manifest;

import com.google.common.base.Joiner;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.codius.manifest.JsonObject.Member;
import org.codius.manifest.Rules.Dialect;
import org.codius.manifest.Violation.Code;
import org.jspecify.annotations.Nullable;

/**
 * Checks the shape of a request: which properties there are and what type they have.
 *
 * <p>Reports in the order of the original's schema ({@code GeneratedManifestSpec.json} of npm
 * codius-manifest 2.2.3, walked by jsen 0.6.6): the known properties in the schema's order, each
 * with all below it, then the unknown ones. A value of the wrong type is not looked into. The
 * host's own schema differs in one place: it knows no {@code description}.
 */
final class SchemaCheck {

  /** Not anchored, as in the original: {@code " 8080"} passes. */
  private static final Pattern PORT = Pattern.compile("[1-9][0-9]*");

  private final Rules rules;
  private final Violations violations;

  private SchemaCheck(Rules rules, Violations violations) {
    this.rules = rules;
    this.violations = violations;
  }

  static void check(JsonValue request, Rules rules, Violations violations) {
    new SchemaCheck(rules, violations).request(request);
  }

  private void request(JsonValue value) {
    JsonObject request = object(value, "", "");
    if (request == null) {
      return;
    }
    JsonValue manifest = required(request, "", "manifest");
    if (manifest != null) {
      manifest(manifest);
    }
    JsonValue privates = request.get("private");
    if (privates != null) {
      privates(privates);
    }
    noOthers(request, "", List.of("manifest", "private"));
  }

  private void manifest(JsonValue value) {
    String path = "manifest";
    JsonObject manifest = object(value, "", path);
    if (manifest == null) {
      return;
    }
    requiredText(manifest, path, "name");
    requiredText(manifest, path, "version");
    port(manifest);
    machine(manifest);
    JsonValue containers = required(manifest, path, "containers");
    if (containers != null) {
      containers(containers);
    }
    JsonValue variables = manifest.get("vars");
    if (variables != null) {
      variables(variables);
    }
    JsonValue debug = manifest.get("debug");
    if (debug != null && debug != JsonValue.Literal.TRUE && debug != JsonValue.Literal.FALSE) {
      wrongType(path, "debug", "true or false", debug);
    }
    noOthers(
        manifest,
        path,
        List.of("name", "version", "port", "machine", "containers", "vars", "debug"));
  }

  private void port(JsonObject manifest) {
    JsonValue port = manifest.get("port");
    if (port == null) {
      return;
    }
    boolean isText = text(port, "manifest", "port");
    // The host's schema lets an empty port through; HostCheck does not.
    boolean mayBeEmpty = rules.dialect() == Dialect.HOST;
    if (isText && port instanceof JsonValue.Text text) {
      boolean isAccepted =
          PORT.matcher(text.value()).find() || (mayBeEmpty && text.value().isEmpty());
      if (!isAccepted) {
        report(
            "manifest",
            "port",
            "pattern",
            "\"port\" needs a number from 1 to 65535, like \"8080\".",
            Code.INVALID_PORT);
      }
    }
  }

  private void machine(JsonObject manifest) {
    JsonValue machine = manifest.get("machine");
    if (machine == null) {
      return;
    }
    boolean isSold =
        machine instanceof JsonValue.Text text
            && rules.machines().contains(new Machine(text.value()));
    if (!isSold) {
      String help = "\"machine\" must be one of: " + Joiner.on(", ").join(rules.machines()) + ".";
      report("manifest", "machine", "enum", help, Code.NOT_ALLOWED);
    }
  }

  private void containers(JsonValue value) {
    if (!(value instanceof JsonValue.Array containers)) {
      wrongType("manifest", "containers", "an array", value);
      return;
    }
    int count = containers.elements().size();
    if (count == 0) {
      String help = "A pod needs at least one container: add one to \"containers\".";
      report("manifest", "containers", "minItems", help, Code.NO_CONTAINERS);
    } else if (count > rules.maxContainers()) {
      String help = "A pod may have " + rules.maxContainers() + " containers, this has " + count;
      report("manifest", "containers", "maxItems", help + ".", Code.TOO_MANY_CONTAINERS);
    } else {
      for (int i = 0; i < count; i++) {
        container(containers.elements().get(i), i);
      }
    }
  }

  private void container(JsonValue value, int index) {
    JsonObject container = object(value, "manifest.containers", Integer.toString(index));
    if (container == null) {
      return;
    }
    String path = "manifest.containers." + index;
    requiredText(container, path, "id");
    requiredText(container, path, "image");
    JsonValue command = container.get("command");
    if (command != null) {
      command(command, path);
    }
    optionalText(container, path, "workdir");
    JsonValue value2 = container.get("environment");
    JsonObject environment = value2 == null ? null : object(value2, path, "environment");
    if (environment != null && isCountable(environment, path, "environment")) {
      String environmentPath = path + ".environment";
      for (Member member : environment.members()) {
        text(member.value(), environmentPath, member.name());
      }
    }
    noOthers(container, path, List.of("id", "image", "command", "workdir", "environment"));
  }

  private void command(JsonValue value, String path) {
    if (!(value instanceof JsonValue.Array command)) {
      wrongType(path, "command", "an array", value);
      return;
    }
    for (int i = 0; i < command.elements().size() && !violations.isFull(); i++) {
      if (!(command.elements().get(i) instanceof JsonValue.Text)) {
        text(command.elements().get(i), path + ".command", Integer.toString(i));
      }
    }
  }

  private void variables(JsonValue value) {
    JsonObject variables = object(value, "manifest", "vars");
    if (variables == null || !isCountable(variables, "manifest", "vars")) {
      return;
    }
    boolean knowsDescription = rules.dialect() == Dialect.GENERATED;
    for (Member member : variables.members()) {
      JsonObject variable = object(member.value(), "manifest.vars", member.name());
      if (variable == null) {
        continue;
      }
      String path = "manifest.vars." + member.name();
      JsonValue encoding = variable.get("encoding");
      boolean isKnown =
          encoding == null
              || (encoding instanceof JsonValue.Text text
                  && text.value().equals(Variable.PRIVATE_SHA256));
      if (!isKnown) {
        String help = "\"encoding\" must be \"private:sha256\", or be left out.";
        report(path, "encoding", "enum", help, Code.NOT_ALLOWED);
      }
      requiredText(variable, path, "value");
      if (knowsDescription) {
        optionalText(variable, path, "description");
      }
      noOthers(
          variable,
          path,
          knowsDescription
              ? List.of("encoding", "value", "description")
              : List.of("encoding", "value"));
    }
  }

  private void privates(JsonValue value) {
    JsonObject privates = object(value, "", "private");
    if (privates == null) {
      return;
    }
    JsonValue variables = privates.get("vars");
    JsonObject byName = variables == null ? null : object(variables, "private", "vars");
    if (byName != null && isCountable(byName, "private", "vars")) {
      for (Member member : byName.members()) {
        JsonObject variable = object(member.value(), "private.vars", member.name());
        if (variable != null) {
          String path = "private.vars." + member.name();
          requiredText(variable, path, "nonce");
          requiredText(variable, path, "value");
          noOthers(variable, path, List.of("nonce", "value"));
        }
      }
    }
    noOthers(privates, "private", List.of("vars"));
  }

  private @Nullable JsonObject object(JsonValue value, String parent, String name) {
    if (value instanceof JsonObject object) {
      return object;
    }
    wrongType(parent, name, "an object", value);
    return null;
  }

  private @Nullable JsonValue required(JsonObject object, String path, String name) {
    JsonValue value = object.get(name);
    if (value == null) {
      report(path, name, "required", "\"" + name + "\" is missing.", Code.MISSING);
    }
    return value;
  }

  private void requiredText(JsonObject object, String path, String name) {
    JsonValue value = required(object, path, name);
    if (value != null) {
      text(value, path, name);
    }
  }

  private void optionalText(JsonObject object, String path, String name) {
    JsonValue value = object.get(name);
    if (value != null) {
      text(value, path, name);
    }
  }

  private boolean text(JsonValue value, String path, String name) {
    boolean isText = value instanceof JsonValue.Text;
    if (!isText) {
      wrongType(path, name, "a string", value);
    }
    return isText;
  }

  private boolean isCountable(JsonObject object, String path, String name) {
    int count = object.members().size();
    if (count > rules.maxVariables()) {
      String help = "\"" + name + "\" may have " + rules.maxVariables() + " entries, this has ";
      report(path, name, "maxProperties", help + count + ".", Code.TOO_MANY_VARIABLES);
    }
    return count <= rules.maxVariables();
  }

  private void noOthers(JsonObject object, String path, List<String> known) {
    Set<String> names = Set.copyOf(known);
    for (Member member : object.members()) {
      if (!names.contains(member.name()) && !violations.isFull()) {
        String where = path.isEmpty() ? "the request" : path;
        violations.add(
            path,
            SchemaMessages.of(rules, path, "additionalProperties", member.name()),
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

  private void wrongType(String parent, String name, String expected, JsonValue found) {
    String what = name.isEmpty() ? "The request" : "\"" + name + "\"";
    String help = what + " must be " + expected + ", not " + SchemaMessages.typeOf(found) + ".";
    report(parent, name, "type", help, Code.WRONG_TYPE);
  }

  private void report(String parent, String name, String keyword, String help, Code code) {
    String path = parent.isEmpty() ? name : parent + '.' + name;
    violations.add(path, SchemaMessages.of(rules, path, keyword, ""), help, code);
  }
}
