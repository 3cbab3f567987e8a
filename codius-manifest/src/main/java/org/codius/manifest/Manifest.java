package org.codius.manifest;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.manifest.JsonObject.Member;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is made of. Made by {@link ManifestParser}.
 *
 * <p>Equal manifests have the same JSON, names in the same order. Safe for use by several threads.
 */
public final class Manifest {

  private static final Pattern PORT = Pattern.compile("[1-9][0-9]*");
  private static final int MAX_PORT = 65535;

  private final JsonObject tree;
  private final List<Container> containers;
  private final ImmutableMap<String, Variable> variables;
  private @Nullable ManifestHash hash;
  private @Nullable String json;

  private Manifest(
      JsonObject tree, List<Container> containers, ImmutableMap<String, Variable> variables) {
    this.tree = tree;
    this.containers = containers;
    this.variables = variables;
  }

  /** Returns the manifest {@code tree} is. It has passed {@link SchemaCheck}. */
  static Manifest from(JsonObject tree) {
    List<JsonValue> elements = array(tree.get("containers"));
    List<Container> containers = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      containers.add(container((JsonObject) element));
    }
    return new Manifest(tree, List.copyOf(containers), variables(tree));
  }

  private static ImmutableMap<String, Variable> variables(JsonObject tree) {
    if (!(tree.get("vars") instanceof JsonObject byName)) {
      return ImmutableMap.of();
    }
    ImmutableMap.Builder<String, Variable> variables =
        ImmutableMap.builderWithExpectedSize(byName.members().size());
    for (Member member : byName.members()) {
      JsonObject variable = (JsonObject) member.value();
      variables.put(
          member.name(), new Variable(text(variable, "encoding"), text(variable, "value")));
    }
    return variables.buildOrThrow();
  }

  public String name() {
    return text(tree, "name");
  }

  public String version() {
    return text(tree, "version");
  }

  public Machine machine() {
    return tree.get("machine") instanceof JsonValue.Text text
        ? new Machine(text.value())
        : Machine.SMALL;
  }

  /**
   * Returns the port that answers for the pod, or empty if none does.
   *
   * <p>It is the first run of digits in what was written that starts with 1 to 9, which is what the
   * original's pattern finds: {@code " 8080"} is 8080.
   */
  public OptionalInt port() {
    Matcher number = PORT.matcher(text(tree, "port"));
    boolean isShort = number.find() && number.end() - number.start() <= 5;
    int port = isShort ? Integer.parseInt(number.group()) : 0;
    return isShort && port <= MAX_PORT ? OptionalInt.of(port) : OptionalInt.empty();
  }

  /** Returns the containers, at least one. */
  public List<Container> containers() {
    return containers;
  }

  /** Returns the variables by name, in the order of the original. */
  public Map<String, Variable> variables() {
    return variables;
  }

  /** Returns whether anyone may read the pod's logs. */
  public boolean isDebug() {
    return tree.get("debug") == JsonValue.Literal.TRUE;
  }

  /** Returns the public name of the pod this manifest describes. */
  public ManifestHash hash() {
    ManifestHash known = hash;
    if (known == null) {
      known = ManifestHash.of(tree); // two threads may both do this: they find the same
      hash = known;
    }
    return known;
  }

  /** Returns the manifest as it came, as {@code JSON.stringify} writes it. */
  public String json() {
    String known = json;
    if (known == null) {
      known = JsonText.of(tree);
      json = known;
    }
    return known;
  }

  JsonObject tree() {
    return tree;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Manifest that && json().equals(that.json());
  }

  @Override
  public int hashCode() {
    return hash().hashCode();
  }

  @Override
  public String toString() {
    return "Manifest[" + name() + " " + hash() + "]";
  }

  private static Container container(JsonObject tree) {
    List<JsonValue> elements = array(tree.get("command"));
    List<String> command = new ArrayList<>(elements.size());
    for (JsonValue element : elements) {
      command.add(((JsonValue.Text) element).value());
    }
    return new Container(
        text(tree, "id"), text(tree, "image"), command, text(tree, "workdir"), environment(tree));
  }

  private static ImmutableMap<String, String> environment(JsonObject tree) {
    if (!(tree.get("environment") instanceof JsonObject byName)) {
      return ImmutableMap.of();
    }
    ImmutableMap.Builder<String, String> environment =
        ImmutableMap.builderWithExpectedSize(byName.members().size());
    for (Member member : byName.members()) {
      environment.put(member.name(), ((JsonValue.Text) member.value()).value());
    }
    return environment.buildOrThrow();
  }

  private static List<JsonValue> array(@Nullable JsonValue value) {
    return value instanceof JsonValue.Array array ? array.elements() : List.of();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name) instanceof JsonValue.Text text ? text.value() : "";
  }
}
