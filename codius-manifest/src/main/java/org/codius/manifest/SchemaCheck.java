package org.codius.manifest;

import com.google.common.base.CharMatcher;
import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableSet;
import org.codius.manifest.JsonObject.Member;
import org.codius.manifest.Rules.Dialect;
import org.codius.manifest.Violation.Code;

/**
 * Checks the shape of a request: which properties there are and what type they have.
 *
 * <p>Reports in the order of the original's schema ({@code GeneratedManifestSpec.json} of npm
 * codius-manifest 2.2.3, walked by jsen 0.6.6): the known properties in the schema's order, each
 * with all below it, then the unknown ones. A value of the wrong type is not looked into. The
 * host's own schema differs in one place: it knows no {@code description}.
 */
final class SchemaCheck {

  /** What the original's pattern for ports, {@code [1-9][0-9]*} unanchored, comes down to. */
  private static final CharMatcher PORT = CharMatcher.inRange('1', '9');

  private static final ImmutableSet<String> IN_REQUEST = ImmutableSet.of("manifest", "private");
  private static final ImmutableSet<String> IN_MANIFEST =
      ImmutableSet.of("name", "version", "port", "machine", "containers", "vars", "debug");
  private static final ImmutableSet<String> IN_CONTAINER =
      ImmutableSet.of("id", "image", "command", "workdir", "environment");
  private static final ImmutableSet<String> IN_VARIABLE =
      ImmutableSet.of("encoding", "value", "description");
  private static final ImmutableSet<String> IN_VARIABLE_FOR_HOSTS =
      ImmutableSet.of("encoding", "value");
  private static final ImmutableSet<String> IN_PRIVATE = ImmutableSet.of("vars");
  private static final ImmutableSet<String> IN_PRIVATE_VARIABLE = ImmutableSet.of("nonce", "value");

  private final Rules rules;
  private final SchemaPlace at;

  private SchemaCheck(Rules rules, Violations violations) {
    this.rules = rules;
    this.at = new SchemaPlace(rules, violations);
  }

  static void check(JsonValue request, Rules rules, Violations violations) {
    new SchemaCheck(rules, violations).request(request);
  }

  private void request(JsonValue value) {
    JsonObject request = at.object(value, "");
    if (request == null) {
      return;
    }
    JsonValue manifest = at.required(request, "manifest");
    if (manifest != null) {
      manifest(manifest);
    }
    JsonValue privates = request.get("private");
    if (privates != null) {
      privates(privates);
    }
    at.noOthers(request, IN_REQUEST);
  }

  private void manifest(JsonValue value) {
    JsonObject manifest = at.object(value, "manifest");
    if (manifest == null) {
      return;
    }
    int outside = at.enter("manifest");
    at.requiredText(manifest, "name");
    at.requiredText(manifest, "version");
    port(manifest);
    machine(manifest);
    JsonValue containers = at.required(manifest, "containers");
    if (containers != null) {
      containers(containers);
    }
    JsonValue variables = manifest.get("vars");
    if (variables != null) {
      variables(variables);
    }
    JsonValue debug = manifest.get("debug");
    if (debug != null && debug != JsonValue.Literal.TRUE && debug != JsonValue.Literal.FALSE) {
      at.wrongType("debug", "true or false", debug);
    }
    at.noOthers(manifest, IN_MANIFEST);
    at.leave(outside);
  }

  private void port(JsonObject manifest) {
    JsonValue port = manifest.get("port");
    if (port == null) {
      return;
    }
    if (port instanceof JsonValue.Text text) {
      // The host's schema lets an empty port through; HostCheck does not.
      boolean mayBeEmpty = rules.dialect() == Dialect.HOST;
      boolean isAccepted =
          PORT.matchesAnyOf(text.value()) || (mayBeEmpty && text.value().isEmpty());
      if (!isAccepted) {
        String help = "\"port\" needs a number from 1 to 65535, like \"8080\".";
        at.report("port", "pattern", help, Code.INVALID_PORT);
      }
    } else {
      at.wrongType("port", "a string", port);
    }
  }

  private void machine(JsonObject manifest) {
    JsonValue machine = manifest.get("machine");
    if (machine == null) {
      return;
    }
    if (rules.machines().isEmpty()) {
      if (!(machine instanceof JsonValue.Text)) {
        at.wrongType("machine", "a string", machine);
      }
      return;
    }
    boolean isSold =
        machine instanceof JsonValue.Text text
            && rules.machines().contains(new Machine(text.value()));
    if (!isSold) {
      String help = "\"machine\" must be one of: " + Joiner.on(", ").join(rules.machines()) + ".";
      at.report("machine", "enum", help, Code.NOT_ALLOWED);
    }
  }

  private void containers(JsonValue value) {
    if (!(value instanceof JsonValue.Array containers)) {
      at.wrongType("containers", "an array", value);
      return;
    }
    int count = containers.elements().size();
    if (count == 0) {
      String help = "A pod needs at least one container: add one to \"containers\".";
      at.report("containers", "minItems", help, Code.NO_CONTAINERS);
    } else if (count > rules.maxContainers()) {
      String help = "A pod may have " + rules.maxContainers() + " containers, this has " + count;
      at.report("containers", "maxItems", help + ".", Code.TOO_MANY_CONTAINERS);
    } else {
      int outside = at.enter("containers");
      for (int i = 0; i < count; i++) {
        container(containers.elements().get(i), Integer.toString(i));
      }
      at.leave(outside);
    }
  }

  private void container(JsonValue value, String index) {
    JsonObject container = at.object(value, index);
    if (container == null) {
      return;
    }
    int outside = at.enter(index);
    at.requiredText(container, "id");
    at.requiredText(container, "image");
    JsonValue command = container.get("command");
    if (command != null) {
      command(command);
    }
    at.optionalText(container, "workdir");
    JsonValue environment = container.get("environment");
    if (environment != null) {
      environment(environment);
    }
    at.noOthers(container, IN_CONTAINER);
    at.leave(outside);
  }

  private void command(JsonValue value) {
    if (!(value instanceof JsonValue.Array command)) {
      at.wrongType("command", "an array", value);
      return;
    }
    int outside = at.enter("command");
    for (int i = 0; i < command.elements().size() && !at.isFull(); i++) {
      JsonValue argument = command.elements().get(i);
      if (!(argument instanceof JsonValue.Text)) {
        at.wrongType(Integer.toString(i), "a string", argument);
      }
    }
    at.leave(outside);
  }

  private void environment(JsonValue value) {
    JsonObject environment = at.object(value, "environment");
    if (environment != null && at.isCountable(environment, "environment")) {
      int outside = at.enter("environment");
      for (Member member : environment.members()) {
        at.text(member.value(), member.name());
      }
      at.leave(outside);
    }
  }

  private void variables(JsonValue value) {
    JsonObject variables = at.object(value, "vars");
    if (variables == null || !at.isCountable(variables, "vars")) {
      return;
    }
    int outside = at.enter("vars");
    for (Member member : variables.members()) {
      JsonObject variable = at.object(member.value(), member.name());
      if (variable != null) {
        int outsideVariable = at.enter(member.name());
        variable(variable);
        at.leave(outsideVariable);
      }
    }
    at.leave(outside);
  }

  private void variable(JsonObject variable) {
    boolean isForHosts = rules.dialect() == Dialect.HOST;
    JsonValue encoding = variable.get("encoding");
    boolean isKnown =
        encoding == null
            || (encoding instanceof JsonValue.Text text
                && text.value().equals(Variable.PRIVATE_SHA256));
    if (!isKnown) {
      String help = "\"encoding\" must be \"private:sha256\", or be left out.";
      at.report("encoding", "enum", help, Code.NOT_ALLOWED);
    }
    at.requiredText(variable, "value");
    if (!isForHosts) {
      at.optionalText(variable, "description");
    }
    at.noOthers(variable, isForHosts ? IN_VARIABLE_FOR_HOSTS : IN_VARIABLE);
  }

  private void privates(JsonValue value) {
    JsonObject privates = at.object(value, "private");
    if (privates == null) {
      return;
    }
    int outside = at.enter("private");
    JsonValue variables = privates.get("vars");
    JsonObject byName = variables == null ? null : at.object(variables, "vars");
    if (byName != null && at.isCountable(byName, "vars")) {
      int outsideVariables = at.enter("vars");
      for (Member member : byName.members()) {
        privateVariable(member);
      }
      at.leave(outsideVariables);
    }
    at.noOthers(privates, IN_PRIVATE);
    at.leave(outside);
  }

  private void privateVariable(Member member) {
    JsonObject variable = at.object(member.value(), member.name());
    if (variable != null) {
      int outside = at.enter(member.name());
      at.requiredText(variable, "nonce");
      at.requiredText(variable, "value");
      at.noOthers(variable, IN_PRIVATE_VARIABLE);
      at.leave(outside);
    }
  }
}
