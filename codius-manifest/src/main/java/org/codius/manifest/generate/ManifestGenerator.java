package org.codius.manifest.generate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.BaseEncoding;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.codius.manifest.Container;
import org.codius.manifest.ImageReference;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.InvalidManifestException.Kind;
import org.codius.manifest.Manifest;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.manifest.PrivateVariable;
import org.codius.manifest.PrivateVariables;
import org.codius.manifest.Rules;
import org.codius.manifest.Variable;
import org.codius.manifest.Violation;
import org.codius.manifest.Violation.Code;

/**
 * Makes a complete request from the two files people write: {@code codius.json}, which is the
 * manifest, and {@code codiusvars.json}, which has the variables' values.
 *
 * <p>As npm codius-manifest 2.2.3's {@code generateManifest} and {@code generateSimpleManifest}: a
 * public variable goes into the manifest, a private one leaves its hash there and goes into {@code
 * private} with a fresh nonce; descriptions and empty environments are dropped, the result is
 * checked, and images get their digests.
 */
public final class ManifestGenerator {

  private static final int NONCE_BYTES = 16;

  private final UnaryOperator<ImageReference> pin;
  private final Supplier<String> nonces;
  private final Rules rules;

  /**
   * Makes one for {@link Rules#GENERATED}.
   *
   * @param pin adds the digest to a reference without one; may throw
   * @param random where nonces come from
   */
  public ManifestGenerator(UnaryOperator<ImageReference> pin, SecureRandom random) {
    this(pin, () -> newNonce(random), Rules.GENERATED);
  }

  ManifestGenerator(UnaryOperator<ImageReference> pin, Supplier<String> nonces, Rules rules) {
    this.pin = requireNonNull(pin, "pin");
    this.nonces = requireNonNull(nonces, "nonces");
    this.rules = requireNonNull(rules, "rules");
  }

  /** Returns the same for other rules. */
  public ManifestGenerator with(Rules rules) {
    return new ManifestGenerator(pin, nonces, rules);
  }

  /**
   * Returns the request a client uploads.
   *
   * @throws org.codius.manifest.InvalidManifestException if a file, or what comes of both, is not
   *     valid under the rules
   */
  public PodRequest generate(byte[] codius, byte[] codiusVars) {
    JsonNode source = Json.parse(codius);
    if (!(source.get("manifest") instanceof ObjectNode manifest)) {
      return ManifestParser.parseRequest(codius, rules); // says what is missing
    }
    VariableFile file = VariableFile.parse(codiusVars);
    ObjectNode request = Json.newObject();
    request.set("manifest", manifest);
    addPublic(manifest, file.publicVariables());
    addPrivate(request, manifest, file.privateVariables());
    dropEmptyEnvironments(manifest);
    dropDescriptions(manifest);
    ManifestParser.parseRequest(Json.bytes(request), rules);
    if (manifest.has("vars") && !request.has("private")) {
      request.set("private", Json.newObject()); // codiusd fails on variables without it
    }
    pinImages(manifest);
    return ManifestParser.parseRequest(Json.bytes(request), rules);
  }

  /**
   * Returns {@code {"manifest": …}} without variables: every value stands where it is used, private
   * ones in clear.
   */
  public static String secretSimpleJson(PodRequest request) {
    JsonNode source = Json.parse(request.manifest().json().getBytes(UTF_8));
    ObjectNode simple = Json.newObject();
    for (String name : new String[] {"name", "version", "machine", "containers"}) {
      if (source.has(name)) {
        simple.set(name, source.get(name));
      }
    }
    for (int i = 0; i < request.manifest().containers().size(); i++) {
      Container container = request.manifest().containers().get(i);
      if (simple.get("containers").get(i).get("environment") instanceof ObjectNode environment) {
        container
            .environment()
            .forEach((name, value) -> environment.put(name, resolve(value, request)));
      }
    }
    ObjectNode result = Json.newObject();
    result.set("manifest", simple);
    return new String(Json.bytes(result), UTF_8);
  }

  private static String resolve(String value, PodRequest request) {
    Manifest manifest = request.manifest();
    String name = value.startsWith("$") ? value.substring(1) : "";
    Variable variable = value.startsWith("$") ? manifest.variables().get(name) : null;
    if (variable == null) {
      return value;
    }
    PrivateVariables privates = request.privateVariables();
    return variable.isPrivate()
        ? privates.find(name).map(PrivateVariable::value).orElse(value)
        : variable.value();
  }

  private static void addPublic(ObjectNode manifest, ObjectNode variables) {
    if (!variables.isEmpty()) {
      variablesOf(manifest).setAll(variables);
    }
  }

  private void addPrivate(ObjectNode request, ObjectNode manifest, ObjectNode variables) {
    if (variables.isEmpty()) {
      return;
    }
    ObjectNode privates = Json.newObject();
    for (Map.Entry<String, JsonNode> entry : variables.properties()) {
      PrivateVariable secret =
          new PrivateVariable(nonces.get(), entry.getValue().get("value").asText());
      privates.putObject(entry.getKey()).put("value", secret.value()).put("nonce", secret.nonce());
      variablesOf(manifest)
          .putObject(entry.getKey())
          .put("encoding", Variable.PRIVATE_SHA256)
          .put("value", secret.hash());
    }
    request.putObject("private").set("vars", privates);
  }

  /** Returns the manifest's variables, of which there may be none so far. */
  private static ObjectNode variablesOf(ObjectNode manifest) {
    if (manifest.get("vars") instanceof ObjectNode known) {
      return known;
    }
    // Anything else than an object is left in place, for the check to find.
    return manifest.has("vars") ? Json.newObject() : manifest.putObject("vars");
  }

  private static void dropEmptyEnvironments(ObjectNode manifest) {
    if (manifest.get("containers") instanceof ArrayNode containers) {
      for (JsonNode container : containers) {
        if (container instanceof ObjectNode object
            && object.get("environment") instanceof ObjectNode environment
            && environment.isEmpty()) {
          object.remove("environment");
        }
      }
    }
  }

  private static void dropDescriptions(ObjectNode manifest) {
    if (manifest.get("vars") instanceof ObjectNode variables) {
      for (JsonNode variable : variables) {
        if (variable instanceof ObjectNode object && object.path("description").isTextual()) {
          object.remove("description");
        }
      }
    }
  }

  private void pinImages(ObjectNode manifest) {
    int index = 0;
    for (JsonNode container : manifest.get("containers")) {
      ImageReference image = image(container.get("image").asText(), index++);
      if (!image.isPinned()) {
        ((ObjectNode) container).put("image", pin.apply(image).familiar());
      }
    }
  }

  private static ImageReference image(String text, int index) {
    return ImageReference.find(text)
        .orElseThrow(
            () -> {
              String help =
                  "\"" + text + "\" is no image: write [registry/]name[:tag][@sha256:digest].";
              String path = "manifest.containers." + index + ".image";
              return new InvalidManifestException(
                  Kind.SCHEMA, List.of(new Violation(path, help, help, Code.INVALID_IMAGE)));
            });
  }

  private static String newNonce(SecureRandom random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return BaseEncoding.base16().lowerCase().encode(nonce);
  }
}
