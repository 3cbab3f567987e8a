package org.codius.daemon.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.Rules;
import org.codius.manifest.Violation;
import org.codius.manifest.generate.ManifestGenerator;
import org.codius.manifest.registry.RegistryException;

/**
 * What is to be uploaded, complete: the manifest and the private values.
 *
 * @param body the request's JSON, {@code {"manifest": …, "private": …}}; it may hold secrets
 * @param sources the hash of the files it was made from, private values included
 */
public record PodFile(String body, ManifestHash manifestHash, String sources) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAXIMUM_SIZE = 1 << 20;

  /** The host will say which machines it sells. */
  private static final Rules RULES = Rules.HOST.withAnyMachine();

  private static final Rules GENERATED = Rules.GENERATED.withAnyMachine();

  private static final byte[] NO_VARIABLES = "{\"vars\":{}}".getBytes(UTF_8);

  /**
   * Reads {@code file}: a complete request, a bare manifest, or a {@code codius.json} to be
   * combined with the variables in {@code vars}.
   *
   * <p>Private variables get a new random nonce, and so the manifest a new hash, unless {@code
   * state} remembers the manifest made from these very files.
   *
   * @param vars a {@code codiusvars.json}; not read if it is missing or the file has its private
   *     values already
   * @param state as {@link StateFile#root} returns it
   * @throws ClientException if a file cannot be read, or what comes of them is no manifest; with
   *     everything that is wrong
   */
  public static PodFile load(Path file, Path vars, JsonNode state, ManifestGenerator generator) {
    byte[] fileBytes = read(file);
    JsonNode tree = parse(file, fileBytes);
    if (!tree.has("manifest") && !tree.has("containers")) {
      throw new ClientException(
          file + " is neither a manifest nor an upload request",
          "It should be {\"manifest\": {\"name\": …, \"containers\": […]}}.");
    }
    boolean isComplete = tree.has("private");
    byte[] varsBytes = isComplete || !Files.exists(vars) ? NO_VARIABLES : read(vars);
    String sources =
        Hashing.sha256()
            .newHasher()
            .putInt(fileBytes.length)
            .putBytes(fileBytes)
            .putBytes(varsBytes)
            .hash()
            .toString();
    if (state.path("sources").asText().equals(sources)
        && state.path("generatedManifest") instanceof ObjectNode known) {
      return of(toBytes(known), sources);
    }
    if (isComplete) {
      return of(fileBytes, sources);
    }
    byte[] codius =
        tree.has("manifest") ? fileBytes : toBytes(JSON.createObjectNode().set("manifest", tree));
    try {
      return of(
          generator.with(GENERATED).generate(codius, varsBytes).secretJson().getBytes(UTF_8),
          sources);
    } catch (InvalidManifestException e) {
      throw invalid(e);
    } catch (RegistryException e) {
      throw new ClientException(
          String.valueOf(e.getMessage()),
          "Name the image by its digest, name@sha256:…, and no registry has to be asked.",
          e);
    }
  }

  /**
   * Returns a request that is complete already.
   *
   * @throws ClientException if it is not one
   */
  public static PodFile of(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return of(bytes, Hashing.sha256().hashBytes(bytes).toString());
  }

  /** Leaves the body out: it may hold private values. */
  @Override
  public String toString() {
    return "PodFile[" + manifestHash + "]";
  }

  private static PodFile of(byte[] request, String sources) {
    try {
      ManifestHash hash = ManifestParser.parseRequest(request, RULES).manifest().hash();
      return new PodFile(new String(request, UTF_8), hash, sources);
    } catch (InvalidManifestException e) {
      throw invalid(e);
    }
  }

  private static ClientException invalid(InvalidManifestException e) {
    StringBuilder message = new StringBuilder("the manifest cannot be run:");
    for (Violation violation : e.violations()) {
      String place = violation.path().isEmpty() ? "" : violation.path() + ": ";
      message.append("\n  - ").append(place).append(violation.help());
    }
    return new ClientException(message.toString(), "", e);
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
      throw new ClientException(
          file + " is no JSON: " + BrokenJson.words(e), "Correct it there, or just before it.", e);
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
