package org.codius.daemon.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.codius.manifest.CanonicalJson;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.Violation;

/**
 * What is to be uploaded, complete: the manifest and the private values.
 *
 * @param body the request's JSON, {@code {"manifest": …, "private": …}}; it may hold secrets
 * @param sources the hash of the files it was made from, private values included
 */
public record PodFile(String body, ManifestHash manifestHash, String sources) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAXIMUM_SIZE = 1 << 20;
  private static final int NONCE_BYTES = 16;

  /**
   * Reads {@code file}: a complete request, a bare manifest, or a {@code codius.json} to be
   * combined with the variables in {@code vars}.
   *
   * <p>Private variables get a new random nonce, and so the manifest a new hash, unless {@code
   * state} remembers the manifest made from these very files.
   *
   * @param vars a {@code codiusvars.json}; not read if it is missing or the file has its private
   *     values already
   * @throws ClientException if a file cannot be read or is none of these
   */
  public static PodFile load(Path file, Path vars, StateFile state, RandomGenerator random) {
    byte[] fileBytes = read(file);
    JsonNode tree = parse(file, fileBytes);
    ObjectNode request = JSON.createObjectNode();
    if (tree.path("manifest") instanceof ObjectNode manifest) {
      request.set("manifest", manifest);
    } else if (tree.has("containers")) {
      request.set("manifest", tree);
    } else {
      throw new ClientException(
          file + " is neither a manifest nor an upload request",
          "It should be {\"manifest\": {\"name\": …, \"containers\": […]}}.");
    }
    boolean isComplete = tree.has("private");
    Optional<byte[]> varsBytes =
        isComplete || !Files.exists(vars) ? Optional.empty() : Optional.of(read(vars));
    Hasher hasher = Hashing.sha256().newHasher().putInt(fileBytes.length).putBytes(fileBytes);
    varsBytes.ifPresent(hasher::putBytes);
    String sources = hasher.hash().toString();

    JsonNode remembered = state.root().path("generatedManifest");
    if (state.root().path("sources").asText().equals(sources)
        && remembered instanceof ObjectNode known) {
      return of(known, sources);
    }
    request.set("private", isComplete ? tree.path("private") : JSON.createObjectNode());
    varsBytes.ifPresent(bytes -> addVariables(request, vars, parse(vars, bytes), random));
    return of(request, sources);
  }

  /** Returns a request that is complete already. */
  public static PodFile of(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    Path name = Path.of("request");
    String sources = Hashing.sha256().hashBytes(bytes).toString();
    if (parse(name, bytes) instanceof ObjectNode request) {
      return of(request, sources);
    }
    throw new ClientException("the upload request is no JSON object", "");
  }

  /** Leaves the body out: it may hold private values. */
  @Override
  public String toString() {
    return "PodFile[" + manifestHash + "]";
  }

  private static PodFile of(ObjectNode request, String sources) {
    byte[] body = toBytes(request);
    try {
      ManifestHash hash = ManifestParser.parseRequest(body).manifest().hash();
      return new PodFile(new String(body, UTF_8), hash, sources);
    } catch (InvalidManifestException e) {
      StringBuilder message = new StringBuilder("the manifest cannot be run:");
      for (Violation violation : e.violations()) {
        message.append("\n  - ").append(violation.path()).append(": ").append(violation.help());
      }
      throw new ClientException(message.toString(), "", e);
    }
  }

  /** Does what the original client's generateManifest does with codiusvars.json. */
  private static void addVariables(
      ObjectNode request, Path path, JsonNode vars, RandomGenerator random) {
    if (!vars.path("vars").isObject()) {
      throw new ClientException(
          path + " has no \"vars\"",
          "It should be {\"vars\": {\"public\": {…}, \"private\": {…}}}.");
    }
    ObjectNode manifest = (ObjectNode) request.path("manifest");
    ObjectNode all = manifest.withObject("/vars");
    vars.path("vars").path("public").properties().forEach(v -> all.set(v.getKey(), v.getValue()));
    ObjectNode secrets = JSON.createObjectNode();
    vars.path("vars")
        .path("private")
        .properties()
        .forEach(
            variable -> {
              byte[] nonce = new byte[NONCE_BYTES];
              random.nextBytes(nonce);
              ObjectNode secret =
                  JSON.createObjectNode()
                      .put("value", variable.getValue().path("value").asText())
                      .put("nonce", BaseEncoding.base16().lowerCase().encode(nonce));
              secrets.set(variable.getKey(), secret);
              String hash =
                  Hashing.sha256().hashBytes(CanonicalJson.of(toBytes(secret))).toString();
              all.putObject(variable.getKey()).put("encoding", "private:sha256").put("value", hash);
            });
    if (!secrets.isEmpty()) {
      ((ObjectNode) request.path("private")).set("vars", secrets);
    }
    all.forEach(variable -> dropDescription(variable));
    if (all.isEmpty()) {
      manifest.remove("vars");
    }
    for (JsonNode container : manifest.path("containers")) {
      if (container instanceof ObjectNode object
          && object.path("environment").isObject()
          && object.path("environment").isEmpty()) {
        object.remove("environment");
      }
    }
  }

  private static void dropDescription(JsonNode variable) {
    if (variable instanceof ObjectNode object) {
      object.remove("description");
    }
  }

  private static byte[] read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAXIMUM_SIZE) {
        throw new ClientException(
            file + " has " + size + " bytes (expected: at most " + MAXIMUM_SIZE + ")", "");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ClientException(
          "no such file: " + file, "Name a codius.json, or a complete manifest.", e);
    } catch (IOException e) {
      throw new ClientException("cannot read " + file + ": " + e.getMessage(), "", e);
    }
  }

  private static JsonNode parse(Path file, byte[] bytes) {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      String place =
          "line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
      throw new ClientException(
          file + " is no JSON at " + place + ": " + e.getOriginalMessage(), "", e);
    } catch (IOException e) {
      throw new ClientException("cannot read " + file + ": " + e.getMessage(), "", e);
    }
  }

  private static byte[] toBytes(JsonNode node) {
    try {
      return JSON.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree read from JSON is always JSON", e);
    }
  }
}
