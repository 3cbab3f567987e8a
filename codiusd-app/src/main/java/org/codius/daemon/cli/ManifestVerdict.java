package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.CharMatcher;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.codius.manifest.Environment;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.manifest.Violation;
import org.codius.manifest.Violation.Code;

/**
 * What came of looking at one document.
 *
 * @param hash its manifest's, if it has one
 */
record ManifestVerdict(Optional<ManifestHash> hash, List<Violation> errors) {

  /** Writes ASCII only, which a terminal of any encoding passes on as it is. */
  static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  ManifestVerdict {
    errors = List.copyOf(errors);
  }

  /** Judges a request, {@code {"manifest": …, "private": …}}. */
  static ManifestVerdict ofRequest(byte[] document, ManifestRules rules) {
    try {
      PodRequest request = ManifestParser.parseRequest(document, rules.rules());
      if (rules.isHost()) {
        Environment.resolve(request.manifest(), request.privateVariables(), "");
      }
      return new ManifestVerdict(Optional.of(request.manifest().hash()), List.of());
    } catch (InvalidManifestException e) {
      return new ManifestVerdict(hashUnchecked(document), e.violations());
    }
  }

  /** Judges a request or bare manifest of which the private values need not be there. */
  static ManifestVerdict ofManifest(byte[] document, ManifestRules rules) {
    try {
      ManifestHash hash = ManifestParser.parse(document, rules.rules()).hash();
      return new ManifestVerdict(Optional.of(hash), List.of());
    } catch (InvalidManifestException e) {
      boolean lacksOnlySecrets =
          e.violations().stream().allMatch(v -> v.code() == Code.PRIVATE_VALUE_MISSING);
      return new ManifestVerdict(
          hashUnchecked(document), lacksOnlySecrets ? List.of() : e.violations());
    }
  }

  /** Hashes any JSON document. */
  static ManifestVerdict ofAnyJson(byte[] document) {
    try {
      return new ManifestVerdict(Optional.of(ManifestHash.of(document)), List.of());
    } catch (InvalidManifestException e) {
      return new ManifestVerdict(Optional.empty(), e.violations());
    }
  }

  boolean isValid() {
    return errors.isEmpty();
  }

  /** Returns {@code {"valid","manifestHash","errors":[{"path","message","code","help"}]}}. */
  String json() {
    ObjectNode verdict = JSON.createObjectNode();
    verdict.put("valid", isValid());
    verdict.put("manifestHash", hash.map(ManifestHash::value).orElse(null));
    ArrayNode list = verdict.putArray("errors");
    for (Violation error : errors) {
      list.addObject()
          .put("path", error.path())
          .put("message", error.message())
          .put("code", error.code().name())
          .put("help", error.help());
    }
    try {
      return JSON.writeValueAsString(verdict);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree can always be written", e);
    }
  }

  /** Prints the errors for people. What a document brought cannot steer the terminal. */
  void printErrors(PrintWriter out) {
    for (Violation error : errors) {
      String place = error.path().isEmpty() ? "" : error.path() + ": ";
      out.println("  - " + printable(place + error.help()) + " [" + error.code() + "]");
    }
  }

  static String printable(String text) {
    return CharMatcher.javaIsoControl().replaceFrom(text, '?');
  }

  private static Optional<ManifestHash> hashUnchecked(byte[] document) {
    try {
      return ManifestParser.hashUnchecked(document);
    } catch (InvalidManifestException e) {
      return Optional.empty(); // it is no JSON, and the verdict says so
    }
  }
}
