package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Violation.Code;

/**
 * What each container of a pod finds in its environment: what the host tells it, then its own
 * variables with every {@code $NAME} replaced.
 *
 * <p>A value is a literal unless it begins with {@code $}; then the rest is the name of a variable,
 * all of it, and the variable's value is not looked into again. {@code $$…} stands for a literal
 * {@code $…} unless there is a variable of the name {@code $…}: the original refuses it then.
 */
public final class Environment {

  /** How names begin that only the host may use. */
  static final String RESERVED = "CODIUS";

  static final String TOO_LARGE_HELP =
      "A process can be given at most "
          + HostCheck.MAX_ENVIRONMENT_VALUE
          + " bytes in one environment variable. Put large data into the image.";

  static final String MISMATCH_HELP =
      "The private value is not the one the manifest was made with: generate the manifest again.";

  private static final String MASK = "***";

  /** The most bytes the environment of one container may have: half of what Linux takes. */
  private static final int MAX_ENVIRONMENT = 1 << 20;

  /** How much of the variables is quoted in every message but the first. */
  private static final int MAX_QUOTED = 200;

  private final Manifest manifest;
  private final PrivateVariables privates;
  private final boolean isMasked;
  private final Violations violations = new Violations();

  /** Hashing a large value once for each of its many uses would be quadratic. */
  private final Map<String, String> privateHashes = new HashMap<>();

  private Environment(Manifest manifest, PrivateVariables privates, boolean isMasked) {
    this.manifest = manifest;
    this.privates = privates;
    this.isMasked = isMasked;
  }

  /**
   * Returns the environment of each container by its id, in the order of the original.
   *
   * @param publicUri the host's address, for {@code CODIUS_HOST}
   * @throws InvalidManifestException of kind {@code INTERPOLATION}
   */
  public static Map<String, Map<String, String>> resolve(
      Manifest manifest, PrivateVariables privates, String publicUri) {
    return new Environment(manifest, privates, false).resolve(publicUri);
  }

  /**
   * Checks what can be checked for a quote: everything, but if no private values were sent at all
   * their absence is no violation.
   *
   * @throws InvalidManifestException of kind {@code INTERPOLATION}
   */
  public static void check(Manifest manifest, PrivateVariables privates) {
    masked(manifest, privates, "");
  }

  /**
   * Returns what {@link #resolve} does, with {@code ***} for each private value; if none were sent
   * at all that is no violation.
   *
   * @throws InvalidManifestException of kind {@code INTERPOLATION}
   */
  public static Map<String, Map<String, String>> masked(
      Manifest manifest, PrivateVariables privates, String publicUri) {
    return new Environment(manifest, privates, true).resolve(publicUri);
  }

  private Map<String, Map<String, String>> resolve(String publicUri) {
    Map<String, Map<String, String>> environments = new LinkedHashMap<>();
    for (int i = 0; i < manifest.containers().size() && !violations.isFull(); i++) {
      Container container = manifest.containers().get(i);
      environments.put(container.id(), resolve(container, i, publicUri));
    }
    violations.throwIfAny(Kind.INTERPOLATION);
    return Collections.unmodifiableMap(environments);
  }

  private Map<String, String> resolve(Container container, int index, String publicUri) {
    Map<String, String> resolved = new LinkedHashMap<>();
    resolved.put("CODIUS", "true");
    resolved.put("CODIUS_HOST", publicUri);
    resolved.put("CODIUS_MANIFEST_HASH", manifest.hash().value());
    resolved.put("CODIUS_MANIFEST", manifest.json());
    long bytes = 0;
    for (Map.Entry<String, String> entry : container.environment().entrySet()) {
      if (violations.isFull()) {
        break;
      }
      String path = path(index, entry.getKey());
      Optional<String> value = resolve(entry.getKey(), entry.getValue(), path);
      if (value.isPresent()) {
        bytes += entry.getKey().length() + value.get().length();
        resolved.put(entry.getKey(), value.get());
      }
    }
    if (bytes > MAX_ENVIRONMENT) {
      String help =
          "The environment of this container has more than "
              + MAX_ENVIRONMENT
              + " bytes: no process can be given that much.";
      violations.add("manifest.containers." + index, help, help, Code.TOO_LARGE_FOR_ENVIRONMENT);
    }
    return Collections.unmodifiableMap(resolved);
  }

  private Optional<String> resolve(String name, String value, String path) {
    if (name.startsWith(RESERVED)) {
      violations.add(
          path,
          "environment variables starting in \"CODIUS\" are reserved. var=" + name,
          "Names that begin with CODIUS belong to the host: choose another.",
          Code.RESERVED_NAME);
      return Optional.empty();
    }
    if (!value.startsWith("$")) {
      return Optional.of(value);
    }
    String variableName = value.substring(1);
    Variable variable = manifest.variables().get(variableName);
    if (variable == null && value.startsWith("$$")) {
      return Optional.of(variableName);
    }
    if (variable == null) {
      violations.add(
          path,
          "could not interpolate var. var=" + value + " manifest.vars=" + quotedVariables(),
          undefinedHelp(variableName),
          Code.UNDEFINED_VARIABLE);
      return Optional.empty();
    }
    return variable.isPrivate()
        ? resolvePrivate(value, variableName, variable, path)
        : Optional.of(variable.value());
  }

  private Optional<String> resolvePrivate(
      String value, String variableName, Variable variable, String path) {
    Optional<PrivateVariable> secret = privates.find(variableName);
    if (secret.isEmpty()) {
      if (isMasked && !privates.isPresent()) {
        return Optional.of(MASK);
      }
      violations.add(
          path,
          "could not interpolate private var. var=" + value + " manifest.vars=" + quotedVariables(),
          missingHelp(variableName),
          Code.PRIVATE_VALUE_MISSING);
      return Optional.empty();
    }
    String hash = checkedHash(variableName, secret.get());
    if (!hash.equals(variable.value())) {
      violations.add(
          path,
          "private var does not match hash. var="
              + value
              + " encoding="
              + variable.encoding()
              + " public-hash="
              + variable.value()
              + " hashed-value="
              + hash,
          MISMATCH_HELP,
          Code.PRIVATE_VALUE_MISMATCH);
      return Optional.empty();
    }
    return Optional.of(isMasked ? MASK : secret.get().value());
  }

  /** Returns the hash of a private value; looks at each value once, however often it is used. */
  private String checkedHash(String name, PrivateVariable secret) {
    String known = privateHashes.get(name);
    if (known != null) {
      return known;
    }
    String path = "private.vars." + name;
    if (isTooLarge(secret.value())) {
      violations.add(path, TOO_LARGE_HELP, TOO_LARGE_HELP, Code.TOO_LARGE_FOR_ENVIRONMENT);
    }
    if (secret.value().indexOf('\0') >= 0) {
      String help = "A process cannot be given the character U+0000: remove it from the value.";
      violations.add(path, help, help, Code.UNUSABLE_TEXT);
    }
    String hash = secret.hash();
    privateHashes.put(name, hash);
    return hash;
  }

  static boolean isTooLarge(String value) {
    return value.length() > HostCheck.MAX_ENVIRONMENT_VALUE
        || value.getBytes(UTF_8).length > HostCheck.MAX_ENVIRONMENT_VALUE;
  }

  /** Returns the variables as the original quotes them, in full the first time only. */
  private String quotedVariables() {
    JsonValue variables = manifest.tree().get("vars");
    if (variables == null) {
      return "undefined";
    }
    String json = JsonText.of(variables);
    return violations.isEmpty() || json.length() <= MAX_QUOTED
        ? json
        : json.substring(0, MAX_QUOTED) + "…";
  }

  static String path(int containerIndex, String name) {
    return "manifest.containers[" + containerIndex + "].environment." + name;
  }

  private static String undefinedHelp(String variableName) {
    return "There is no variable \""
        + variableName
        + "\": add it to \"vars\", or write \"$$"
        + variableName
        + "\" if you mean the text itself.";
  }

  static String missingHelp(String variableName) {
    return "The value of the private variable \""
        + variableName
        + "\" was not sent: add it to \"private\".";
  }
}
