package org.codius.manifest;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableMap;
import java.util.Optional;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.JsonObject.Member;
import org.codius.manifest.Rules.Dialect;

/**
 * Turns JSON into a {@link Manifest}, or says everything that is wrong with it.
 *
 * <p>Time and memory are linear in the size of the document, whatever it holds. That variables
 * resolve is checked here under {@link Rules#GENERATED} only, as npm codius-manifest does; a host
 * asks {@link Environment}.
 */
public final class ManifestParser {

  private ManifestParser() {}

  /** Returns what a client uploads to a host, checked by {@link Rules#HOST}. */
  public static PodRequest parseRequest(byte[] json) {
    return parseRequest(json, Rules.HOST);
  }

  /**
   * Returns the request {@code {"manifest": …, "private": …}}, of which the second may be missing.
   *
   * @throws InvalidManifestException if it is none, or against {@code rules}
   */
  public static PodRequest parseRequest(byte[] json, Rules rules) {
    return request(read(json, rules), json.length, rules);
  }

  /** Returns the manifest of a document, checked by {@link Rules#HOST}. */
  public static Manifest parse(byte[] json) {
    return parse(json, Rules.HOST);
  }

  /**
   * Returns the manifest of a document that is one, or that is a request with one.
   *
   * @throws InvalidManifestException if it is neither, or against {@code rules}
   */
  public static Manifest parse(byte[] json, Rules rules) {
    return parseEither(json, rules).manifest();
  }

  /**
   * Returns a request as {@link #parseRequest}, or one without private values if the document is a
   * bare manifest.
   *
   * @throws InvalidManifestException if it is neither, or against {@code rules}
   */
  public static PodRequest parseEither(byte[] json, Rules rules) {
    return request(asRequest(read(json, rules)), json.length, rules);
  }

  /**
   * Returns the hash of the manifest in a document, whatever is wrong with it, or empty if there is
   * none.
   *
   * @throws InvalidManifestException if {@code json} is not JSON
   */
  public static Optional<ManifestHash> hashUnchecked(byte[] json) {
    JsonValue document = asRequest(JsonReader.read(json, Integer.MAX_VALUE));
    return document instanceof JsonObject request
        ? Optional.ofNullable(request.get("manifest")).map(ManifestHash::of)
        : Optional.empty();
  }

  private static JsonValue asRequest(JsonValue document) {
    boolean isBareManifest =
        document instanceof JsonObject object
            && !object.has("manifest")
            && (object.has("name") || object.has("version") || object.has("containers"));
    return isBareManifest ? JsonObject.of(Member.of("manifest", document)) : document;
  }

  private static JsonValue read(byte[] json, Rules rules) {
    boolean isNoBody = json.length == 0 && rules.dialect() == Dialect.HOST;
    // To the original's web server a request without a body has the payload null.
    return isNoBody ? JsonValue.Literal.NULL : JsonReader.read(json, rules.maxBytes());
  }

  private static PodRequest request(JsonValue document, int documentBytes, Rules rules) {
    JsonValue request = rules.dialect() == Dialect.HOST ? withBooleanDebug(document) : document;
    Violations violations = new Violations();
    SchemaCheck.check(request, rules, violations);
    violations.throwIfAny(Kind.SCHEMA);
    JsonObject object = (JsonObject) request;
    Manifest manifest = Manifest.from((JsonObject) required(object, "manifest"));
    PrivateVariables privates = privates(object);
    if (rules.dialect() == Dialect.HOST) {
      HostCheck.check(manifest, documentBytes, violations);
      violations.throwIfAny(Kind.SCHEMA);
    } else {
      GeneratedCheck.check(manifest, privates, documentBytes, violations);
      violations.throwIfAny(Kind.INTERPOLATION);
    }
    return new PodRequest(manifest, privates);
  }

  /** The original's host turns the strings "true" and "false" into booleans before it hashes. */
  private static JsonValue withBooleanDebug(JsonValue document) {
    if (document instanceof JsonObject request
        && request.get("manifest") instanceof JsonObject manifest
        && manifest.get("debug") instanceof JsonValue.Text debug) {
      String word = Ascii.toLowerCase(debug.value());
      if (word.equals("true") || word.equals("false")) {
        JsonValue literal = word.equals("true") ? JsonValue.Literal.TRUE : JsonValue.Literal.FALSE;
        return request.with("manifest", manifest.with("debug", literal));
      }
    }
    return document;
  }

  private static PrivateVariables privates(JsonObject request) {
    if (!(request.get("private") instanceof JsonObject privates)) {
      return PrivateVariables.ABSENT;
    }
    ImmutableMap.Builder<String, PrivateVariable> byName = ImmutableMap.builder();
    if (privates.get("vars") instanceof JsonObject variables) {
      for (Member member : variables.members()) {
        JsonObject variable = (JsonObject) member.value();
        byName.put(
            member.name(), new PrivateVariable(text(variable, "nonce"), text(variable, "value")));
      }
    }
    return PrivateVariables.of(byName.buildOrThrow());
  }

  private static String text(JsonObject object, String name) {
    return ((JsonValue.Text) required(object, name)).value();
  }

  private static JsonValue required(JsonObject object, String name) {
    JsonValue value = object.get(name);
    if (value == null) {
      throw new IllegalStateException("the schema let a request without " + name + " pass");
    }
    return value;
  }
}
